// What a health page is known by. Meant to be edited: one entry is one line's worth of thought, and a reader can set any site apart.

var sidelight = sidelight ?? {};

sidelight.lists = {
  // A host stands for its subdomains too.
  hosts: [
    "apotheken-umschau.de", "bfarm.de", "cancer.gov", "cancer.org", "cdc.gov", "clevelandclinic.org", "cochrane.org", "drugs.com",
    "ema.europa.eu", "everydayhealth.com", "fda.gov", "gesundheitsinformation.de", "health.com", "health.harvard.edu", "healthline.com",
    "mayoclinic.org", "medicalnewstoday.com", "medlineplus.gov", "medscape.com", "mercola.com", "msdmanuals.com", "naturalnews.com",
    "netdoktor.de", "nhs.uk", "nice.org.uk", "nih.gov", "onmeda.de", "patient.info", "pei.de", "prevention.com", "psychologytoday.com",
    "rki.de", "rxlist.com", "samhsa.gov", "verywellhealth.com", "verywellmind.com", "webmd.com", "who.int", "womenshealthmag.com",
  ],
  // Of schema.org: what a page says of itself in its data.
  types: [
    "DietarySupplement", "Drug", "DrugClass", "HealthTopicContent", "Hospital", "InfectiousDisease", "MedicalAudience", "MedicalCause",
    "MedicalClinic", "MedicalCondition", "MedicalEntity", "MedicalGuideline", "MedicalProcedure", "MedicalRiskFactor",
    "MedicalScholarlyArticle", "MedicalSignOrSymptom", "MedicalStudy", "MedicalSymptom", "MedicalTest", "MedicalTherapy",
    "MedicalTrial", "MedicalWebPage", "Pharmacy", "Physician", "TherapeuticProcedure",
  ],
  // How words begin, English and German, that an article is hardly about for any other reason.
  terms: [
    "addict", "allerg", "alzheimer", "anaesthe", "anesthe", "antibioti", "antidepress", "anxiety", "arthrit", "arzneimittel", "arzt",
    "asthma", "autis", "behandlung", "blood pressure", "blutdruck", "cancer", "cannabi", "cardio", "chemotherap", "cholester", "chronic",
    "clinic", "covid", "dement", "depress", "diabet", "diagnos", "disease", "disorder", "doctor", "dosage", "dose", "dosis", "drug",
    "epileps", "erkrankung", "fibromyalg", "gesundheit", "grippe", "health", "heilung", "hepatit", "herbal", "hormon", "hypertens",
    "immun", "impf", "infect", "infekt", "infusion", "insulin", "ketamin", "klinik", "krankheit", "krebs", "leukae", "leukem",
    "medical", "medicat", "medicin", "medikament", "medizin", "menopaus", "migr\u00e4ne", "migraine", "naltrexon", "nebenwirkung",
    "obes", "opioid", "pain", "patient", "pharma", "physician", "placebo", "pregnan", "prescription", "psychedel", "psychiat",
    "psychothera", "ptsd", "rezept", "schizophren", "schmerz", "schwangerschaft", "side effect", "statin", "stroke", "sucht", "suicid",
    "supplement", "surger", "surgic", "symptom", "syndrom", "therap", "thyroid", "toxic", "treatment", "tumor", "vaccin", "vitamin",
    "wirkstoff", "withdrawal",
  ],
}; // prettier-ignore
