import Domain
import HTTPServer
import Rollout

/// Answers each request: decides where it goes, passes it on, and lets nothing that happens to the candidate reach
/// whom production can serve.
final class GatewayHandler: Sendable {
    let cell: PlanCell
    let gate: GatewayGate
    let counters: GatewayCounters
    let outcomes: OutcomeBox
    let mirror: Mirror
    let log: AccessLog?
    let recorder: (any ExchangeRecorder)?

    /// Paths that begin so are the gateway's own; no app sees them.
    static let reserved = "/sluice/v1/"
    static let shadowHeader = "X-Sluice-Shadow"

    init(
        cell: PlanCell, gate: GatewayGate, counters: GatewayCounters, outcomes: OutcomeBox, mirror: Mirror,
        log: AccessLog?, recorder: (any ExchangeRecorder)?
    ) {
        self.cell = cell
        self.gate = gate
        self.counters = counters
        self.outcomes = outcomes
        self.mirror = mirror
        self.log = log
        self.recorder = recorder
    }

    func serve(
        _ head: HTTPRequestHead, _ body: RequestBody, _ writer: consuming ResponseWriter
    ) async throws {
        if Self.isReserved(head.target) { return try await answerOwn(head, body, writer) }
        let active = cell.current()
        let tally = counters.here
        var request = UpstreamRequest(head, removed: active.removed)
        if let forwarding = active.forwarding {
            request.forwarding = forwarding
            request.client = writer.clientAddress
        }
        if let protocolName = head.upgrade {
            request.upgrade = protocolName
            return try await upgrade(request, body, active, tally, writer)
        }
        guard active.isSplit || active.tester != nil || active.recordsAll else {
            return try await relayPlain(head, request, body, active, tally, writer)
        }
        try await split(head, request, body, active, tally, writer)
    }

    private static func isReserved(_ target: String) -> Bool {
        target.utf8.count >= reserved.utf8.count && target.utf8.starts(with: reserved.utf8)
    }

    private func answerOwn(
        _ head: HTTPRequestHead, _ body: RequestBody, _ writer: consuming ResponseWriter
    ) async throws {
        counters.here.own.add()
        if Self.path(head.target) == FeedbackDoor.path {
            return try await FeedbackDoor.answer(head, body, recorder, writer)
        }
        let body = GatewayFailure.body(
            code: "not_found", message: "the gateway has nothing here", status: 404)
        try await writer.send(404, headers: ["Content-Type": "application/json"], body: body)
    }

    // MARK: - Production alone

    private func relayPlain(
        _ head: HTTPRequestHead, _ request: UpstreamRequest, _ body: RequestBody, _ active: ActivePlan,
        _ tally: LoopCounters, _ writer: consuming ResponseWriter
    ) async throws {
        tally.production.assigned.add()
        let sent = try UpstreamBody.relay(body)
        var passage = Passage(head, Decision(), active)
        let response: UpstreamResponse
        do throws(UpstreamError) {
            response = try await active.production.send(request, body: sent)
        } catch {
            return try await fail(error, &passage, tally, writer)
        }
        try await deliver(response, &passage, tally, writer)
    }

    private func upgrade(
        _ request: UpstreamRequest, _ body: RequestBody, _ active: ActivePlan, _ tally: LoopCounters,
        _ writer: consuming ResponseWriter
    ) async throws {
        tally.upgrades.add()
        let response: UpstreamResponse
        do {
            response = try await active.production.send(request, body: try .relay(body))
        } catch let error as UpstreamError {
            guard GatewayFailure.isArms(error) else { throw error }
            tally.production.failures.add()
            return try await writer.send(
                error.status, headers: ["Content-Type": "application/json"], body: GatewayFailure.body(error))
        }
        tally.production.statuses[min(response.status / 100, 5)].add()
        if response.isUpgrade {
            try await writer.tunnel(response, adding: active.announceProduction)
        } else {
            try await writer.relay(response, adding: active.announceProduction)
        }
    }

    // MARK: - Split

    private func split(
        _ head: HTTPRequestHead, _ request: UpstreamRequest, _ body: RequestBody, _ active: ActivePlan,
        _ tally: LoopCounters, _ writer: consuming ResponseWriter
    ) async throws {
        let plan = active.plan
        let limit = max(plan.fallback.on == .never ? 0 : plan.fallback.body, plan.mirror?.body ?? 0)
        let copy = try RequestCopy(body, limit: max(limit, RequestKey.bodyLimit))
        let decision = try await decide(head, copy, writer.clientAddress, active, tally)
        tally.arm(decision.arm).assigned.add()
        var passage = Passage(head, decision, active)
        var request = request
        // A copy that some gateway made is taken note of where it was made.
        if let recording = active.recording, !decision.isShadow, !decision.isChosen,
            active.recordsAll || decision.arm == .candidate
        {
            let arm: LiveArm = decision.arm == .candidate ? .candidate : .production
            let record = recording.begin(head, assigned: arm, key: decision.key)
            if copy.isPresent { copy.show { record.took($0) } }
            request.added = record.fieldsToAdd
            request.removed += record.fieldsToRemove
            passage.record = record
        }
        defer { passage.record?.finish(served: passage.servedArm, fellBack: passage.fellBack) }
        let response: UpstreamResponse
        do {
            response = try await ask(request, copy, active, &passage, tally)
        } catch let error as UpstreamError {
            return try await fail(error, &passage, tally, writer)
        }
        passage.hasAnswer = true
        // Production's request is under way: its head has come back.
        let isCopied = decision.isMirrored && passage.served == .production && gate.isOpen
        var isOffered = false
        if isCopied {
            tally.mirrorable.add()
            isOffered = offer(request, copy, active, passage)
        }
        try await deliver(response, &passage, tally, writer)
        // A request whose answer began before its end is whole by now, or will never be.
        if isCopied, !isOffered, !offer(request, copy, active, passage) {
            mirror.drop(.body, passage.record, both: active.mirror?.control != nil)
        }
    }

    private func offer(
        _ request: UpstreamRequest, _ copy: RequestCopy, _ active: ActivePlan, _ passage: Passage
    ) -> Bool {
        guard let targets = active.mirror, let whole = copy.whole, whole.count <= targets.rule.body else {
            return false
        }
        mirror.offer(request, copy.isPresent ? whole : nil, targets, passage.record)
        return true
    }

    private func decide(
        _ head: HTTPRequestHead, _ copy: RequestCopy, _ address: String, _ active: ActivePlan,
        _ tally: LoopCounters
    ) async throws -> Decision {
        var decision = Decision()
        let plan = active.plan
        if head.headers.contains(Self.shadowHeader) {
            decision.isShadow = true
            return decision
        }
        if let tester = active.tester, let rule = plan.override, let token = head.headers[rule.header] {
            if let arm = try? tester.arm(of: token, at: GatewayClock.wall() / 1_000_000) {
                tally.overrides.add()
                decision.isChosen = true
                decision.arm = active.candidate == nil ? .production : arm
                return decision
            }
            tally.refusedOverrides.add()
        }
        let path = Self.path(head.target)
        let isAllowed =
            plan.eligibility.isEmpty
            || plan.eligibility.allows(method: head.method, path: path) { head.headers[$0] }
        guard isAllowed else {
            tally.ineligible.add()
            return decision
        }
        let isMirrorable =
            active.isSplit && plan.mirror.map { $0.allows(method: head.method, path: path) } ?? false
        guard active.recordsAll || plan.share > .none || isMirrorable else { return decision }
        if active.needsBody { try await copy.gather(upTo: RequestKey.bodyLimit) }
        decision.key = RequestKey.hash(active, head, copy, address)
        if decision.key == nil { tally.keyless.add() }
        guard active.isSplit, gate.isOpen else { return decision }
        var dealt: UInt64 { UInt64.random(in: .min ... .max) }
        if let hash = decision.key ?? (plan.keyless == .deal ? dealt : nil),
            Split.isCandidate(hash, share: plan.share)
        {
            decision.arm = .candidate
        } else if isMirrorable, let rule = plan.mirror {
            decision.isMirrored = Split.isMirrored(decision.key ?? dealt, share: rule.share)
        }
        return decision
    }

    static func path(_ target: String) -> Substring {
        target.utf8.firstIndex(of: UInt8(ascii: "?")).map { target[..<$0] } ?? target[...]
    }

    /// Asks the arm that was decided on, and production where the candidate could not and the plan allows it.
    private func ask(
        _ request: UpstreamRequest, _ copy: RequestCopy, _ active: ActivePlan, _ passage: inout Passage,
        _ tally: LoopCounters
    ) async throws -> UpstreamResponse {
        let first = await copy.next() ?? .none
        guard passage.decision.arm == .candidate, let candidate = active.candidate else {
            passage.answer = passage.record?.asking(.production, isCopy: false)
            return try await active.production.send(request, body: first)
        }
        passage.served = .candidate
        passage.answer = passage.record?.asking(.candidate, isCopy: false)
        let rule = active.plan.fallback.on
        let again: UpstreamBody
        do throws(UpstreamError) {
            let response = try await candidate.send(request, body: first)
            guard rule == .errors, response.status >= 500, let body = await copy.next() else {
                return response
            }
            passage.answer?.head(response)
            passage.answer?.end(response.timings)
            response.close()
            again = body
        } catch {
            guard rule != .never, GatewayFailure.isArms(error), !Task.isCancelled,
                let body = await copy.next()
            else { throw error }
            passage.answer?.fail(error, nil)
            again = body
        }
        note(FuseOutcome(key: passage.fuseKey, failed: true), passage)
        tally.candidate.failures.add()
        tally.fallbacks.add()
        passage.served = .production
        passage.fellBack = true
        passage.answer = passage.record?.asking(.production, isCopy: false)
        return try await active.production.send(request, body: again)
    }

    // MARK: - Answers

    private func deliver(
        _ response: UpstreamResponse, _ passage: inout Passage, _ tally: LoopCounters,
        _ writer: consuming ResponseWriter
    ) async throws {
        let arm = tally.arm(passage.served)
        let isCandidate = passage.served == .candidate
        arm.statuses[min(response.status / 100, 5)].add()
        passage.status = response.status
        if let firstByte = response.timings.firstByte { arm.firstByte.add(firstByte) }
        let answer = passage.answer
        answer?.head(response)
        var adding = isCandidate ? passage.active.announceCandidate : passage.active.announceProduction
        if let id = passage.record?.answerID { adding.append("X-Request-ID", id) }
        do {
            if let answer {
                try await writer.relay(response, adding: adding, tap: { answer.take($0) })
            } else {
                try await writer.relay(response, adding: adding)
            }
        } catch let error as UpstreamError where GatewayFailure.isArms(error) {
            arm.failures.add()
            answer?.fail(error, response.timings)
            if isCandidate { note(FuseOutcome(key: passage.fuseKey, failed: true), passage) }
            passage.end = .brokenOff
            log?.write(passage)
            throw error
        } catch {
            tally.clientsGone.add()
            answer?.fail(LiveFailure(.clientGone), response.timings)
            passage.end = .clientGone
            log?.write(passage)
            throw error
        }
        let timings = response.timings
        answer?.end(timings)
        if let lastByte = timings.lastByte { arm.total.add(lastByte) }
        if isCandidate {
            let isFailure = response.status >= 500
            if isFailure { arm.failures.add() }
            note(
                FuseOutcome(
                    key: passage.fuseKey, failed: isFailure, throttled: response.status == 429,
                    // Of an answer that is looked at, the first token is learnt of later.
                    firstToken: isFailure || answer != nil
                        ? nil : timings.firstByte.map { .nanoseconds(Int64($0)) },
                    latency: isFailure ? nil : timings.lastByte.map { .nanoseconds(Int64($0)) }), passage)
        }
        log?.write(passage)
    }

    private func fail(
        _ error: UpstreamError, _ passage: inout Passage, _ tally: LoopCounters,
        _ writer: consuming ResponseWriter
    ) async throws {
        passage.answer?.fail(error, nil)
        guard GatewayFailure.isArms(error) else {
            tally.clientsGone.add()
            passage.end = .clientGone
            log?.write(passage)
            throw error
        }
        tally.arm(passage.served).failures.add()
        if passage.served == .candidate { note(FuseOutcome(key: passage.fuseKey, failed: true), passage) }
        passage.status = error.status
        passage.end = .noAnswer
        log?.write(passage)
        let active = passage.active
        var headers = passage.served == .candidate ? active.announceCandidate : active.announceProduction
        headers.append("Content-Type", "application/json")
        try await writer.send(error.status, headers: headers, body: GatewayFailure.body(error))
    }

    /// Testers' requests are in no statistics.
    private func note(_ outcome: FuseOutcome, _ passage: Passage) {
        if !passage.decision.isChosen { outcomes.add(outcome, plan: passage.active.plan.number) }
    }
}
