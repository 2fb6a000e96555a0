import Digest
import Domain
import Interchange
import Notation
import Statistics

/// What the recorder's thread does, batch by batch. Nobody else touches it.
struct RecorderEngine {
    private let settings: RecorderSettings
    private var builders: StageBuilders
    private var counter: LiveCounter
    private var writer: SpoolWriter?
    private var recent = RecentExchanges()
    private var frames = RecordWriter()
    private var framed = 0
    private(set) var counts = RecorderCounts()
    private var second: Int
    private var secondEnds: UInt64
    private var lostBefore = 0

    /// Frames are written when they are that long together.
    private static let batchBytes = 1 << 20

    init(_ settings: RecorderSettings) throws(RecorderProblem) {
        self.settings = settings
        builders = StageBuilders(try ExchangeBuilder(settings.rules))
        second = wallMicroseconds() / 1_000_000
        secondEnds = monotonicNanoseconds() + 1_000_000_000
        do throws(EstimateError) {
            counter = try LiveCounter(
                gateway: settings.gateway, capacity: settings.rememberedKeys, now: second)
        } catch { throw RecorderProblem("the counters cannot be made: \(error)") }
        if let spool = settings.spool {
            let onNotice = settings.onNotice
            writer = try SpoolWriter(spool, gateway: settings.gateway) { onNotice?($0) }
        }
        describeSpool()
    }

    private mutating func describeSpool() {
        counts.isSpooling = writer.map { $0.trouble == nil } ?? false
        counts.spoolBytes = writer?.totalBytes ?? 0
        counts.bodiesEncoded = builders.encoded
        counts.bodiesUnredactable = builders.unredactable
    }

    /// When it wants to be called at the latest, on the monotonic clock.
    var deadline: UInt64 { min(secondEnds, writer?.nextTending ?? .max) }

    /// Takes what came.
    ///
    /// - Returns: The memory of bodies that is free again.
    mutating func take(_ parts: [Recorder.Part]) -> Int {
        var freed = 0
        var feedback: [CheckedContinuation<FeedbackReceipt, Never>] = []
        for part in parts {
            switch part {
            case .served(let exchange): countServed(exchange)
            case .whole(let exchange):
                take(exchange)
                freed += exchange.held
            case .feedback(let said, let waiter):
                if append(said) {
                    feedback.append(waiter)
                } else {
                    counts.feedbackRefused += 1
                    waiter.resume(returning: .refused("this gateway keeps no feedback: it has no spool"))
                }
            }
            if frames.bytes.count >= Self.batchBytes, feedback.isEmpty { _ = flush() }
        }
        let isWritten = flush()
        if !feedback.isEmpty { acknowledge(feedback, isWritten) }
        describeSpool()
        return freed
    }

    /// Does what is due by time alone.
    mutating func tend(lost: Int) {
        let now = monotonicNanoseconds()
        writer?.tend(now: now)
        guard now >= secondEnds else { return }
        let closed = counter.close(second: second, lost: lost - lostBefore)
        lostBefore = lost
        settings.onSecond?(closed)
        second = wallMicroseconds() / 1_000_000
        secondEnds = max(now, secondEnds + 1_000_000_000)
        if secondEnds <= now { secondEnds = now + 1_000_000_000 }
        describeSpool()
    }

    /// The end: what is left is counted and closed.
    mutating func finish(lost: Int) {
        secondEnds = 0
        tend(lost: lost)
        writer?.finish()
    }

    // MARK: - Exchanges

    /// Counts what the client saw, while copies are under way.
    private mutating func countServed(_ exchange: RecordedExchange) {
        adopt(exchange)
        exchange.isCounted = true
        exchange.isRepeat = counter.isRepeat(exchange.facts.identity, now: second)
        let states = exchange.answers.filter { !$0.isCopy && $0.isOver }
        count(exchange, states, refined(states, of: exchange), copiesAlone: false)
    }

    private mutating func take(_ exchange: RecordedExchange) {
        adopt(exchange)
        counts.exchanges += 1
        if !exchange.isCounted { exchange.isRepeat = counter.isRepeat(exchange.facts.identity, now: second) }
        let states = exchange.answers
        let refined = refined(states, of: exchange)
        count(exchange, states, refined, copiesAlone: exchange.isCounted)
        if writer != nil { recent.insert(exchange.facts, slices: exchange.slices) }
        guard writer != nil else { return }
        guard let reason = builders.newest.reason(exchange, refined) else {
            counts.notSampled += 1
            return
        }
        let raw = builders.newest.record(exchange, refined, isRepeat: exchange.isRepeat, reason: reason)
        SpoolFormat.frame(.exchange, into: &frames) { raw.encode(to: &$0) }
        framed += 1
    }

    /// Goes over to the rules of the exchange's plan, and finds its labels, once.
    private mutating func adopt(_ exchange: RecordedExchange) {
        let stage = exchange.facts.stage
        if builders.adopt(stage), let look = stage.look { writer?.adopt(sync: look.sync, total: look.spool) }
        guard !exchange.isLabelled, let look = stage.look, !look.slices.isEmpty else { return }
        exchange.isLabelled = true
        exchange.slices += builders.label(exchange)
    }

    private mutating func refined(_ states: [AnswerState], of exchange: RecordedExchange) -> [RefinedAnswer] {
        var all: [RefinedAnswer] = []
        all.reserveCapacity(states.count)
        for state in states { all.append(builders.newest.refine(state, of: exchange)) }
        return all
    }

    /// - Parameter copiesAlone: Whether the rest was counted before.
    private mutating func count(
        _ exchange: RecordedExchange, _ states: [AnswerState], _ refined: [RefinedAnswer], copiesAlone: Bool
    ) {
        let (facts, slices) = (exchange.facts, exchange.slices)
        // What happened to the request as assigned: the last answer of that arm, else the one that was served.
        let primary =
            states.lastIndex { !$0.isCopy && $0.arm == facts.assigned }
            ?? states.lastIndex { !$0.isCopy && $0.arm == exchange.served }
        for (index, state) in states.enumerated() {
            if copiesAlone, !state.isCopy { continue }
            var outcome = outcome(facts, state, refined[index])
            if index == primary, exchange.fellBack { outcome.events.insert(.fallback) }
            if index == primary || state.isCopy {
                if state.isCopy, outcome.failure?.kind == .notSent { continue }
                counter.count(outcome, stage: facts.stage, slices: slices, isRepeat: exchange.isRepeat)
            }
            settings.onOutcome?(outcome)
        }
        if primary == nil, !copiesAlone {
            // Nobody was asked: the request counts all the same.
            let outcome = LiveOutcome(
                plan: facts.stage.plan, stage: facts.stage.name, assigned: facts.assigned,
                arm: facts.assigned,
                key: facts.key, failure: LiveFailure(.notSent))
            counter.count(outcome, stage: facts.stage, slices: slices, isRepeat: exchange.isRepeat)
        }
    }

    private func outcome(_ facts: RequestFacts, _ state: AnswerState, _ refined: RefinedAnswer) -> LiveOutcome
    {
        LiveOutcome(
            plan: facts.stage.plan, stage: facts.stage.name, assigned: facts.assigned, arm: state.arm,
            isCopy: state.isCopy, key: facts.key, sender: facts.key ?? facts.identity.hash,
            status: state.status, failure: refined.failure, events: refined.events, timings: refined.timings,
            usage: refined.usage, isStream: refined.isStream, isValid: refined.isValid)
    }

    // MARK: - Feedback

    /// Lays feedback out; false where there is no spool.
    private mutating func append(_ said: Feedback) -> Bool {
        guard writer != nil else { return false }
        let kept = builders.newest.redacted(said)
        countEvents(kept)
        let line = FeedbackCodec.encode(kept)
        SpoolFormat.frame(.feedback, into: &frames) { $0.bytes += line }
        return true
    }

    private mutating func countEvents(_ said: Feedback) {
        var events = LiveEvents()
        if said.thumb == .down { events.insert(.feedbackDown) }
        if said.thumb == .up { events.insert(.feedbackUp) }
        if said.isEscalated == true { events.insert(.escalated) }
        if said.isOverridden == true { events.insert(.overridden) }
        if said.isResolved == false { events.insert(.unresolved) }
        guard !events.isEmpty else { return }
        guard let entry = recent[XXHash.xxh3(said.request)] else {
            counts.feedbackUnknown += 1
            return
        }
        counter.count(
            events, key: entry.key, assigned: entry.assigned, stage: entry.stage, slices: entry.slices)
    }

    private mutating func acknowledge(
        _ waiters: [CheckedContinuation<FeedbackReceipt, Never>], _ isWritten: Bool
    ) {
        let isSynced = isWritten && (writer?.sync() ?? false)
        for waiter in waiters {
            if isSynced {
                counts.feedback += 1
                waiter.resume(returning: .kept)
            } else {
                counts.feedbackRefused += 1
                waiter.resume(returning: .refused("the feedback could not be kept; send it again later"))
            }
        }
    }

    /// Writes the frames; what cannot be written is dropped and counted.
    private mutating func flush() -> Bool {
        guard !frames.bytes.isEmpty, writer != nil else { return true }
        let isWritten = writer?.append(&frames.bytes, now: monotonicNanoseconds()) ?? false
        if isWritten { counts.spooled += framed } else { counts.unwritten += framed }
        if frames.bytes.capacity > 4 * Self.batchBytes { frames = RecordWriter() }
        frames.bytes.removeAll(keepingCapacity: true)
        framed = 0
        return isWritten
    }
}
