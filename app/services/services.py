"""Everything that can be asked of Termwise, wired to one store by ``app.services.assembly``."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

from app.services.comparing.comparing import Comparing
from app.services.comparing.meanings import Meanings
from app.services.comparing.rehearsing import Rehearsing
from app.services.customers.files import Files
from app.services.decisions.alternatives import Alternatives
from app.services.decisions.auditing import Auditing
from app.services.decisions.deciding import Deciding
from app.services.decisions.usage import Usage
from app.services.keeping.keepers import Keepers
from app.services.log.attesting import Attesting
from app.services.log.exporting import Exporting
from app.services.log.following import Following
from app.services.log.lately import VerifyingLately
from app.services.log.replaying import Replaying
from app.services.log.searching import Entries
from app.services.log.sequencing import Sequencer, Sequencing
from app.services.log.ties import Ties
from app.services.people.keys import ApiKeys
from app.services.people.people import People
from app.services.people.portfolios import Portfolios
from app.services.people.signing_in import SigningIn
from app.services.policies import Policies
from app.services.receivables.books import Books
from app.services.receivables.headrooms import Headrooms
from app.services.recording import Recorder
from app.services.referrals.replacing import Replacing
from app.services.referrals.settling import Settling
from app.services.referrals.worklist import Worklist
from app.services.rulesets.boundary_cases import BoundaryCases
from app.services.rulesets.drafting import Drafting
from app.services.rulesets.editing import Editing
from app.services.rulesets.publishing import Publishing
from app.services.rulesets.releasing import Releasing
from app.services.rulesets.tables import Tables
from app.services.rulesets.versions import Versions
from app.services.runs.running import Running
from app.services.statements.giving import Statements
from app.settings import Settings
from app.store.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that can be asked of Termwise, wired to one store. Close it to commit what waits."""

    settings: Settings
    store: Store
    policies: Policies
    recorder: Recorder
    deciding: Deciding
    auditing: Auditing
    usage: Usage
    alternatives: Alternatives
    publishing: Publishing
    versions: Versions
    drafting: Drafting
    editing: Editing
    releasing: Releasing
    tables: Tables
    boundary_cases: BoundaryCases
    comparing: Comparing
    meanings: Meanings
    rehearsing: Rehearsing
    people: People
    portfolios: Portfolios
    api_keys: ApiKeys
    signing_in: SigningIn
    attesting: Attesting
    entries: Entries
    exporting: Exporting
    ties: Ties
    verifying: VerifyingLately
    replaying: Replaying
    sequencer: Sequencer
    sequencing: Sequencing | None
    worklist: Worklist
    settling: Settling
    replacing: Replacing
    statements: Statements
    following: Following
    keeping: Keepers
    customers: Files
    receivables: Books
    headrooms: Headrooms
    runs: Running

    def close(self) -> None:
        """Commit what waits and let the next process in."""
        self.following.close()
        self.signing_in.close()
        self.receivables.totals.close()
        if self.sequencing is not None:
            self.sequencing.close()
        self.store.close()

    def __enter__(self) -> Services:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
