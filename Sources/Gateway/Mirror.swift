import Domain
import HTTPServer
import Notation
import Rollout
import Synchronization

/// Copies of production's requests on their way to the candidate, and to production a second time.
///
/// They run on a loop and connections of their own: nothing of the request path waits for a copy, and a candidate that
/// floods or hangs takes a thread that no client needs.
final class Mirror: Sendable {
    /// Why a request was not copied.
    enum Drop: String, CaseIterable, Sendable {
        /// Too many waited.
        case queue
        case rate
        /// The body was too long, or never whole.
        case body
        /// The gateway was ending, or the candidate shut out.
        case closed
        /// The last copies all came to nothing: a few are tried until one is answered.
        case failing
    }

    let candidate: MirrorLane
    let control: MirrorLane

    init(on loop: EventLoop) {
        candidate = MirrorLane(.candidate, on: loop)
        control = MirrorLane(.control, on: loop)
    }

    /// Takes a request, whose answer is on its way, or drops it: at once.
    func offer(
        _ request: UpstreamRequest, _ body: [UInt8]?, _ targets: ActivePlan.MirrorTargets,
        _ record: (any ExchangeRecord)?
    ) {
        candidate.offer(request, body, targets.candidate, targets, record)
        if let upstream = targets.control { control.offer(request, body, upstream, targets, record) }
    }

    func drop(_ reason: Drop, _ record: (any ExchangeRecord)?, both: Bool) {
        candidate.drop(reason, record)
        if both { control.drop(reason, record) }
    }

    /// Takes no more, and lets go of what waits.
    func close() {
        candidate.close()
        control.close()
    }
}

/// The copies to one arm: some under way, some waiting, the rest dropped and counted.
final class MirrorLane: Sendable {
    private struct Job: Sendable {
        let request: UpstreamRequest
        let body: UpstreamBody
        let upstream: Upstream
        let answer: (any AnswerRecord)?
    }

    private struct State {
        var waiting: [Job] = []
        var running = 0
        var tokens = 0.0
        var refilled: UInt64 = 0
        var isClosed = false
        var pacing = CopyPacing()
        var intake = CopyIntake()
    }

    private let live: LiveArm
    var arm: String { live.rawValue }
    let sent = Tally()
    let answered = Tally()
    let failed = Tally()
    let drops = Dictionary(uniqueKeysWithValues: Mirror.Drop.allCases.map { ($0, Tally()) })
    let total = TimeBuckets()
    private let loop: EventLoop
    private let state = Mutex(State())

    init(_ arm: LiveArm, on loop: EventLoop) {
        live = arm
        self.loop = loop
    }

    /// A copy that was due is not sent.
    func drop(_ reason: Mirror.Drop, _ record: (any ExchangeRecord)?) {
        drops[reason]?.add()
        record?.asking(live, isCopy: true).fail(LiveFailure(.notSent, reason.rawValue), nil)
    }

    /// Copies that were not sent, by reason.
    var dropsJSON: JSONValue {
        var object = JSONObject()
        for reason in Mirror.Drop.allCases {
            object[reason.rawValue] = .integer(Int64(drops[reason]?.count ?? 0))
        }
        return .object(object)
    }

    var underWay: Int { state.withLock { $0.running } }

    private enum Fate { case begin, wait, drop(Mirror.Drop) }

    func offer(
        _ request: UpstreamRequest, _ body: [UInt8]?, _ upstream: Upstream,
        _ targets: ActivePlan.MirrorTargets, _ record: (any ExchangeRecord)?
    ) {
        switch admit(targets.rule) {
        case .begin:
            let job = job(request, body, upstream, targets, record)
            loop.spawn { await self.carry(job) }
        case .wait:
            let job = job(request, body, upstream, targets, record)
            let isLate = state.withLock { state -> Bool in
                if state.running > 0, !state.isClosed {
                    state.waiting.append(job)
                    return false
                }
                // The last of those under way has ended since.
                state.running += 1
                return true
            }
            if isLate { loop.spawn { await self.carry(job) } }
        case .drop(let reason): drop(reason, record)
        }
    }

    private func admit(_ rule: MirrorRule) -> Fate {
        let now = GatewayClock.monotonic()
        return state.withLock { state -> Fate in
            if state.isClosed { return .drop(.closed) }
            guard state.pacing.lets(now) else { return .drop(.failing) }
            if let rate = rule.rate {
                let elapsed = Double(now &- state.refilled) / 1e9
                state.tokens = min(max(1, rate), state.tokens + elapsed * rate)
                state.refilled = now
                guard state.tokens >= 1 else { return .drop(.rate) }
            }
            let isFree = state.running < rule.concurrency
            guard isFree || state.waiting.count < rule.queue else { return .drop(.queue) }
            state.tokens -= 1
            if isFree { state.running += 1 }
            return isFree ? .begin : .wait
        }
    }

    private func job(
        _ request: UpstreamRequest, _ body: [UInt8]?, _ upstream: Upstream,
        _ targets: ActivePlan.MirrorTargets, _ record: (any ExchangeRecord)?
    ) -> Job {
        var copy = request
        copy.removed += targets.removed
        for field in targets.credentials { copy.added.append(field.name, field.value) }
        copy.added.append(GatewayHandler.shadowHeader, arm)
        return Job(
            request: copy, body: body.map { .bytes($0) } ?? .none, upstream: upstream,
            answer: record?.asking(live, isCopy: true))
    }

    func close() {
        let left = state.withLock { state -> Int in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting.count
        }
        drops[.closed]?.add(left)
    }

    /// Sends one copy after another until none waits.
    private func carry(_ first: Job) async {
        var next: Job? = first
        while let job = next {
            await send(job)
            next = state.withLock { state -> Job? in
                if state.waiting.isEmpty {
                    state.running -= 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
        }
    }

    /// Waits where answers flood in.
    private func pace(_ bytes: Int) async {
        let pause = state.withLock { $0.intake.take(bytes, at: GatewayClock.monotonic()) }
        guard pause > 0 else { return }
        // A task that was cancelled finds so when it reads on.
        try? await EventLoop.sleep(for: .nanoseconds(Int64(pause)))
    }

    private func send(_ job: Job) async {
        sent.add()
        do throws(UpstreamError) {
            let response = try await job.upstream.send(job.request, body: job.body)
            job.answer?.head(response)
            // To its end: an app that streams would see its client go otherwise.
            while let piece = try await response.next() {
                job.answer?.take(piece.span)
                await pace(piece.count)
            }
            state.withLock { $0.pacing.answered() }
            job.answer?.end(response.timings)
            if let lastByte = response.timings.lastByte { total.add(lastByte) }
            if response.status >= 500 { failed.add() } else { answered.add() }
        } catch {
            job.answer?.fail(error, nil)
            failed.add()
            if GatewayFailure.isArms(error) { state.withLock { $0.pacing.failed(GatewayClock.monotonic()) } }
        }
    }
}
