"""The results in the document: verdict, findings, resolvers, expectations, the last hop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.rdatatype

from dnstrace.analysis.reached import is_bogus
from dnstrace.model import Outcome
from dnstrace.model.heard import outcome_of
from dnstrace.model.jobs import without_job
from dnstrace.render.document.values import ede_of, iso, ms, question_of, rcode_of, rrsets_of
from dnstrace.render.edns import edns_options
from dnstrace.render.expected import expected_text, value_text
from dnstrace.render.remedies import why_not_rehearsed
from dnstrace.render.resolver_words import reason_text, resolver_text
from dnstrace.render.text import harmless, name_text, rdata_text, type_text

if TYPE_CHECKING:
    from dnstrace.model.accepting import Accepted, Ignore, Ignored
    from dnstrace.model.compared import Compared, OldRecords, OtherCopy
    from dnstrace.model.documents import Document
    from dnstrace.model.expectations import Met, MetAt
    from dnstrace.model.findings import Finding, Remedy, Verdict
    from dnstrace.model.lives import Life
    from dnstrace.model.pages import Visit
    from dnstrace.model.paths import Share
    from dnstrace.model.reconciliation import Addressed, Reconciled, ReconciledServer
    from dnstrace.model.report import Report
    from dnstrace.model.taken import Fetched


def error_of(report: Report) -> str | None:
    """Why the trace failed, or is bogus; who needs to act is left to the verdict, if there is one."""
    trace = report.trace
    bogus = trace.judgement.reason if trace.judgement is not None and is_bogus(trace) else ""
    return _reason(report, trace.error or bogus)


def reason_of(report: Report) -> str | None:
    """The reason for the security status, or why there is none; who needs to act as in `error_of`."""
    trace = report.trace
    return _reason(report, trace.unjudged if trace.judgement is None else trace.judgement.reason)


def _reason(report: Report, text: str) -> str | None:
    return harmless(text if report.verdict is None else without_job(text)) or None


def finding_of(finding: Finding) -> Document:
    """A finding: what is wrong, where, and who can fix it."""
    return {
        "code": finding.code,
        "level": finding.level.value,
        "zone": None if finding.zone is None else name_text(finding.zone),
        "server": None if finding.server is None else name_text(finding.server),
        "message": harmless(finding.message),
        "steps": list(finding.steps),
        "references": list(finding.references),
        "blame": finding.blame.value,
        "operator": None if finding.operator is None else name_text(finding.operator),
        "explains": list(finding.explains),
        "cure": harmless(finding.cure) or None,
        "records": [harmless(record) for record in finding.records],
        "remedy": None if finding.remedy is None else _remedy_of(finding.remedy),
        "rehearsed": harmless(finding.rehearsed) or None,
        "not_rehearsed": why_not_rehearsed(finding) or None,
    }


def accepted_of(accepted: Accepted) -> Document:
    """A finding that the user accepts, and why."""
    return {"finding": finding_of(accepted.finding), **ignore_of(accepted.ignore)}


def ignored_of(ignored: Ignored) -> Document:
    """What the user accepts, and how many findings that concerns."""
    return {**ignore_of(ignored.ignore), "expired": ignored.expired, "findings": ignored.findings}


def ignore_of(ignore: Ignore) -> Document:
    """What the user accepts, why and until when."""
    return {
        "ignore": harmless(ignore.text),
        "reason": harmless(ignore.reason) or None,
        "until": None if ignore.until is None else ignore.until.isoformat(),
    }


def _remedy_of(remedy: Remedy) -> Document:
    """What to change: records of a zone, or name servers to repair."""
    return {
        "who": remedy.who.value,
        "where": None if remedy.where is None else name_text(remedy.where),
        "add": [harmless(record) for record in remedy.add],
        "change": [harmless(record) for record in remedy.change],
        "remove": [harmless(record) for record in remedy.remove],
        "servers": [name_text(server) for server in remedy.servers],
    }


def verdict_of(found: Verdict) -> Document:
    """The verdict: what is wrong in one sentence, and the evidence."""
    return {
        "text": harmless(found.text),
        "blame": found.blame.value,
        "zone": None if found.zone is None else name_text(found.zone),
        "operator": None if found.operator is None else name_text(found.operator),
        "server": None if found.server is None else name_text(found.server),
        "steps": list(found.steps),
        "reproduce": "\n".join(map(harmless, found.reproduce.split("\n"))) or None,
        "summary": [harmless(line) for line in found.summary],
        "cure": harmless(found.cure) or None,
        "records": [harmless(record) for record in found.records],
        "not_rehearsed": harmless(found.unrehearsed) or None,
    }


def reconciled_of(zone: Reconciled) -> Document:
    """The servers of a zone that was probed: what parent and zone publish, what each server answers."""
    return {
        "zone": name_text(zone.zone),
        "parent": None if zone.parent is None else name_text(zone.parent),
        "servers": [_reconciled_server_of(server) for server in zone.servers],
    }


def _reconciled_server_of(server: ReconciledServer) -> Document:
    return {
        "name": name_text(server.name),
        "at_parent": server.parent,
        "at_zone": server.zone,
        "addresses": [_addressed(each) for each in server.addresses],
    }


def _addressed(each: Addressed) -> Document:
    attempt = each.attempt
    answered = attempt if each.asked else None
    heard = attempt is not None and attempt.exchange.message is not None
    return {
        "address": each.address,
        "at_parent": each.glue,
        "at_zone": each.own,
        "serial": each.serial,
        "rtt_ms": ms(attempt.exchange.elapsed) if attempt is not None and heard else None,
        "authoritative": answered.meaning.authoritative if answered is not None and heard else None,
        "meaning": None if answered is None else answered.meaning.kind.value,
        "answer": rrsets_of(() if answered is None else answered.meaning.answer),
        "not_asked": each.unasked.written if each.unasked is not None and attempt is None else None,
    }


def resolver_of(found: Compared) -> Document:
    """One resolver compared with the walk; null for whatever its reply lacks."""
    attempt = found.attempt
    query = None if attempt is None else attempt.exchange.query
    message = None if attempt is None else attempt.exchange.message
    meaning = None if attempt is None else attempt.meaning
    address = found.step.servers[0].addresses[0].text
    return {
        "resolver": address if query is None else resolver_text(query),
        "address": address,
        "port": None if query is None else query.port,
        "transport": None if query is None else query.transport.value,
        "step": found.step.id,
        "rtt_ms": None if attempt is None or message is None else ms(attempt.exchange.elapsed),
        "rcode": rcode_of(None if message is None else message.rcode()),
        "outcome": None if found.step.outcome is None else found.step.outcome.value,
        "answer": rrsets_of(() if meaning is None else meaning.answer),
        "ttl": found.ttl,
        "authoritative_ttl": found.authoritative_ttl,
        "age": found.age,
        "until": None if found.until is None else iso(found.until, "seconds"),
        "ad": message is not None and bool(message.flags & dns.flags.AD),
        "ede": [] if message is None else ede_of(edns_options(message).errors),
        "difference": None if found.difference is None else found.difference.value,
        "reason": reason_text(found) or None,
        "old": [_old_of(old) for old in found.old],
        "copy": None if found.copy is None else _copy_of(found.copy),
    }


def _old_of(old: OldRecords) -> Document:
    """Records that a resolver has and no name server."""
    return {
        "name": name_text(old.name),
        "type": type_text(old.rdtype),
        "ttl": old.ttl,
        "until": iso(old.until, "seconds"),
        "step": old.step,
    }


def _copy_of(copy: OtherCopy) -> Document:
    """The SOA record of a resolver's own copy of a zone, and that of the name servers."""
    return {
        "zone": name_text(copy.zone),
        "soa": rdata_text(copy.theirs),
        "servers_soa": rdata_text(copy.servers),
        "authoritative": copy.authoritative,
    }


def share_of(share: Share) -> Document:
    """The share of paths with one result."""
    outcome = outcome_of(share.meaning.kind)
    return {
        "share": str(share.share),
        "percent": round(float(share.share * 100), 3),
        "outcome": outcome.value,
        "answer": rrsets_of(share.meaning.answer if share.meaning.usable else ()),
        "fault": share.meaning.kind.value if outcome is Outcome.FAILED else None,
        "zone": name_text(share.zone),
        "step": share.step,
        "servers": [name_text(server) for server in share.servers],
    }


def met_of(met: Met) -> Document:
    """An expectation, and whether it is met."""
    return {
        "text": expected_text(met),
        "what": met.expectation.what,
        "operator": met.expectation.operator.value,
        "value": value_text(met.expectation.value),
        "met": met.met,
        "found": None if met.found is None else [value_text(each) for each in met.found],
        "servers": [_met_at(each) for each in met.servers] or None,
    }


def _met_at(each: MetAt) -> Document:
    """An expectation at one address of a name server."""
    return {
        "server": name_text(each.server),
        "address": each.address,
        "met": each.met,
        "found": None if each.found is None else [value_text(value) for value in each.found],
    }


def life_of(life: Life) -> Document:
    """How long a resolver may cache an RRset."""
    return {
        "what": life.what,
        "name": name_text(life.name),
        "type": type_text(life.rdtype),
        "ttl": life.ttl,
        "until": iso(life.until, "seconds"),
    }


def fetched_of(found: Fetched) -> Document:
    """The last hop: the page requested, and the answer of each address."""
    return {
        "url": harmless(found.request.url),
        "notes": [harmless(note) for note in found.notes],
        "services": rrsets_of(found.services),
        "beside": [
            {
                "question": question_of(trace.question),
                "outcome": None if trace.outcome is None else trace.outcome.value,
                "answer": rrsets_of(trace.answer),
                "queries": trace.stats.queries,
            }
            for trace in found.beside
        ],
        "visits": [_visit_of(visit) for visit in found.visits],
    }


def _visit_of(visit: Visit) -> Document:
    shown = visit.certificate
    return {
        "address": visit.address,
        "connected_ms": None if visit.connected is None else ms(visit.connected),
        "secured_ms": None if visit.secured is None else ms(visit.secured),
        "answered_ms": None if visit.answered is None else ms(visit.answered),
        "status": visit.status,
        "reason": harmless(visit.reason) or None,
        "location": harmless(visit.location) or None,
        "certificate": None
        if shown is None
        else {
            "names": [harmless(name) for name in shown.names],
            "issuer": harmless(shown.issuer),
            "expires": None if shown.expires is None else iso(shown.expires, "seconds"),
        },
        "fault": harmless(visit.fault) or None,
    }
