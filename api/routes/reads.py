"""The routes that read the index."""

from typing import Annotated, Any

from fastapi import APIRouter, FastAPI
from fastapi import Query as QueryParameter
from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.etag import Tagged
from api.live import Live
from api.problems import Problem
from api.schemas import ClaimOut, Hit, IndexOut, ProblemOut, SearchResponse, SourceDetail
from index.kinds import KINDS
from index.search import search
from index.types import ClaimStore, Query


def known(kind: str) -> str:
    """A kind of source that there is; the error for any other lists them."""
    if kind not in KINDS:
        raise PydanticCustomError("kind", "there is no such kind of source: use {kinds}", {"kinds": ", ".join(KINDS)})
    return kind


Kind = Annotated[str, AfterValidator(known), WithJsonSchema({"type": "string", "enum": list(KINDS)})]


def add_reads(app: FastAPI, live: Live) -> None:
    """The routes that read the index."""
    unchanged: dict[int | str, dict[str, Any]] = {304: {"description": "Not changed since the answer with this ETag."}}
    routes = APIRouter(route_class=Tagged, tags=["index"], responses=unchanged)

    @routes.get("/v1/search", response_model=SearchResponse)
    def search_claims(
        q: Annotated[str, QueryParameter(min_length=1, max_length=2000)],
        k: Annotated[int, QueryParameter(ge=1, le=100)] = 10,
        kind: Annotated[tuple[Kind, ...], QueryParameter()] = (),
    ) -> SearchResponse:
        """The indexed claims nearest to a text. With `kind`, once or more, only those that sources of these kinds make, and only these
        sources are named."""
        engine = live.engine()
        hits = search(engine.store, engine.embedder, [Query(q)], k, kind or None)[0]
        return SearchResponse(query=q, hits=[Hit.found(e) for e in hits], index=IndexOut.of(engine.store.info, engine.store.sources))

    @routes.get("/v1/sources", response_model=list[SourceDetail])
    def sources() -> list[SourceDetail]:
        """All sources of the index."""
        store = live.engine().store
        return [source_detail(store, source_id) for source_id in store.sources]

    @routes.get("/v1/sources/{source_id}", response_model=SourceDetail, responses={404: {"model": ProblemOut}})
    def source(source_id: str) -> SourceDetail:
        """One source."""
        store = live.engine().store
        if source_id not in store.sources:
            raise Problem(404, "No such source", f"The index has no source {source_id!r}; GET /v1/sources lists them.")
        return source_detail(store, source_id)

    @routes.get("/v1/claims/{claim_id}", response_model=ClaimOut, responses={404: {"model": ProblemOut}})
    def claim(claim_id: str) -> ClaimOut:
        """One indexed claim in its place."""
        store = live.engine().store
        if found := store.find(claim_id):
            return ClaimOut.of(found, store.sources[found.source_id])
        raise Problem(
            404, "No such claim", f"The index has no claim {claim_id!r}; it may have been rebuilt since. GET /v1/search finds claims."
        )

    @routes.get("/v1/index", response_model=IndexOut)
    def index() -> IndexOut:
        """What the index was made from."""
        store = live.engine().store
        return IndexOut.of(store.info, store.sources)

    app.include_router(routes)


def source_detail(store: ClaimStore, source_id: str) -> SourceDetail:
    """A source with the number of claims it gave."""
    source = store.sources[source_id]
    fields = {name: getattr(source, name) for name in SourceDetail.model_fields if name != "claims"}
    return SourceDetail(**fields, claims=len(store.rows_of(source_id)))
