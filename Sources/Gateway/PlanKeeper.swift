import HTTPServer
import Notation
import Policy
import Rollout
import Synchronization

/// Keeps what the gateway does true to its plan: takes new plans, watches fuse and lease, on a thread of its own.
///
/// It looks 50 times a second, and at once where the system tells that the plan's file has changed. Nothing it does is
/// waited for by a request.
///
/// `@unchecked`: what is marked as the thread's own is touched by that thread alone once it runs; the rest is behind the
/// lock.
final class PlanKeeper: @unchecked Sendable {
    enum Word: Sendable {
        /// A plan's bytes, and how messages call where they came from.
        case plan([UInt8], from: String)
        /// The control plane spoke: nothing changed.
        case nothingNew
        /// The file is to be read again, changed or not.
        case reload
    }

    /// What is told about the keeping, for health and metrics.
    struct Standing: Sendable {
        var blown: BlownFuse?
        var isExpired = false
        var refusedPlans = 0
        var appliedPlans = 0
        var lastRefusal: String?
        /// When something was last heard of the control plane, by the monotonic clock.
        var lastWord: UInt64?
        var isMirrorSilent = false
        /// Whether exchanges were lost within the last ten seconds.
        var isCaptureLosing = false
        /// Outcomes that the fuse has seen.
        var outcomes = 0
        var keepFailures = 0
    }

    let cell: PlanCell
    let gate: GatewayGate
    private let counters: GatewayCounters
    private let outcomes: OutcomeBox
    private let mirror: Mirror
    private let doors: GatewayDoors
    private let notifier: Notifier
    private let losses: @Sendable () -> Int
    private let mirrorAlarm: UInt64
    private let isControlled: Bool
    private let words = Mutex<[Word]>([])
    private let shared: Mutex<Standing>
    private let isOver = Atomic<Bool>(false)
    private let hasEnded = Atomic<Bool>(false)

    // The thread's own.
    private var shelf: UpstreamShelf
    private var fuse: FuseMachine
    private var lease: LeaseMachine
    private var file: PlanFile?
    private var mirrorable = 0
    private var mirrored = 0
    private var mirrorLookedAt: UInt64
    private var lost = 0
    private var lostAt: UInt64 = 0
    private var lossesLookedAt: UInt64

    static let planName = "plan.json"
    static let fuseName = "fuse.json"
    private static let pause: Int32 = 20
    private static let second: UInt64 = 1_000_000_000

    init(
        first: RoutingPlan, shelf: UpstreamShelf, cell: PlanCell, gate: GatewayGate,
        counters: GatewayCounters,
        outcomes: OutcomeBox, mirror: Mirror, file: String?, isControlled: Bool, doors: GatewayDoors,
        notifier: Notifier, losses: @escaping @Sendable () -> Int, mirrorAlarm: Duration
    ) {
        self.cell = cell
        self.gate = gate
        self.counters = counters
        self.outcomes = outcomes
        self.mirror = mirror
        self.doors = doors
        self.notifier = notifier
        self.losses = losses
        let (seconds, attoseconds) = mirrorAlarm.components
        self.mirrorAlarm = UInt64(seconds) * Self.second + UInt64(attoseconds / 1_000_000_000)
        (mirrorLookedAt, lossesLookedAt) = (GatewayClock.monotonic(), GatewayClock.monotonic())
        self.shelf = shelf
        self.isControlled = isControlled
        self.file = file.map { PlanFile(path: $0) }
        let blown = doors.kept(Self.fuseName).flatMap(BlownFuse.init)
        fuse = FuseMachine(first.fuse, plan: first.number, blown: blown)
        lease = LeaseMachine(lease: isControlled ? first.lease : nil, at: GatewayClock.monotonic())
        // Nothing has been heard yet: nobody is sent to a candidate on the word of an old disk.
        lease.expire()
        var standing = Standing()
        standing.blown = fuse.blown
        standing.isExpired = lease.isExpired
        shared = Mutex(standing)
        gate.setBlown(fuse.blown != nil)
        gate.setExpired(lease.isExpired)
        if let blown = fuse.blown { doors.say("the fuse is still blown: \(blown)") }
        keepPlan(first)
    }

    var standing: Standing { shared.withLock { $0 } }

    func tell(_ word: Word) { words.withLock { $0.append(word) } }

    func start() -> Bool {
        GatewayThread.start {
            while !self.isOver.load(ordering: .relaxed) {
                self.tick()
                self.rest()
            }
            self.hasEnded.store(true, ordering: .releasing)
        }
    }

    func stop() { isOver.store(true, ordering: .relaxed) }

    // MARK: - The thread

    private func rest() {
        if let file {
            file.wait(milliseconds: Self.pause)
        } else {
            GatewayThread.pause(milliseconds: UInt32(Self.pause))
        }
    }

    private func tick() {
        let now = GatewayClock.monotonic()
        let heard = words.withLock { words -> [Word] in
            defer { words = [] }
            return words
        }
        for word in heard { hear(word, at: now) }
        if let bytes = file?.changed(), let path = file?.path { take(bytes, from: path) }
        if let event = lease.tick(at: now) { report(event) }
        watchFuse()
        if now &- mirrorLookedAt >= mirrorAlarm {
            mirrorLookedAt = now
            watchMirror()
        }
        if now &- lossesLookedAt >= Self.second {
            lossesLookedAt = now
            watchLosses(at: now)
        }
    }

    private func hear(_ word: Word, at now: UInt64) {
        switch word {
        case .plan(let bytes, let from):
            take(bytes, from: from)
            hearControl(at: now)
        case .nothingNew: hearControl(at: now)
        case .reload:
            guard let path = file?.path else { return }
            guard let bytes = PlanFile.read(path) else {
                return refuse("'\(path)' cannot be read")
            }
            take(bytes, from: path)
        }
    }

    private func hearControl(at now: UInt64) {
        shared.withLock { $0.lastWord = now }
        if let event = lease.heard(at: now) { report(event) }
    }

    private func report(_ event: LeaseMachine.Event) {
        let isExpired = event == .expired
        gate.setExpired(isExpired)
        shared.withLock { $0.isExpired = isExpired }
        let text =
            isExpired
            ? "the control plane has been silent for the lease's time: everybody gets production"
            : "the control plane speaks again: the plan holds"
        doors.say(text)
        notify(.lease, isExpired ? "lease_expired" : "lease_renewed", text)
    }

    private func notify(
        _ event: NotifyRule.Event, _ name: String, _ text: String, _ details: JSONValue? = nil
    ) {
        notifier.tell(event, name, text, details, of: cell.newest)
    }

    /// Applies a plan, or refuses it and says why; the old one stays.
    private func take(_ bytes: [UInt8], from place: String) {
        let (read, diagnostics) = RoutingPlanReader.read(bytes, path: place)
        guard let plan = read else {
            return refuse("a bad plan, the old one stays:\n" + DiagnosticText().render(diagnostics))
        }
        let current = cell.newest.plan
        if plan == current { return }
        guard plan.number >= current.number else {
            return refuse(
                "\(place): plan \(plan.number) is older than plan \(current.number), which stays; count up")
        }
        let active: ActivePlan
        do {
            active = try shelf.active(plan, variable: doors.variable)
        } catch {
            return refuse("\(place): \(error); the old plan stays")
        }
        // Outcomes of the old plan's requests are the old plan's.
        watchFuse()
        let wasBlown = fuse.blown != nil
        fuse.adopt(plan.fuse, plan: plan.number)
        lease.adopt(lease: isControlled ? plan.lease : nil)
        cell.publish(active)
        gate.setBlown(fuse.blown != nil)
        shared.withLock { standing in
            standing.blown = fuse.blown
            standing.appliedPlans += 1
            standing.lastRefusal = nil
        }
        if wasBlown, fuse.blown == nil { doors.forget(Self.fuseName) }
        keepPlan(plan)
        let still = fuse.blown == nil ? "" : ", the fuse stays blown: count the plan's number up to mend it"
        doors.say("plan \(plan.number) holds: \(plan.share) to the candidate\(still)")
    }

    private func refuse(_ reason: String) {
        shared.withLock { standing in
            standing.refusedPlans += 1
            standing.lastRefusal = reason
        }
        doors.say(reason)
        notify(.plan, "plan_refused", reason)
    }

    private func keepPlan(_ plan: RoutingPlan) {
        keep(Self.planName, plan.json.bytes(pretty: true))
    }

    private func keep(_ name: String, _ bytes: [UInt8]) {
        do {
            try doors.keep(name, bytes)
        } catch {
            shared.withLock { $0.keepFailures += 1 }
            doors.say("'\(name)' could not be kept: \(error)")
        }
    }

    private func watchFuse() {
        let taken = outcomes.take()
        guard !taken.isEmpty else { return }
        shared.withLock { $0.outcomes += taken.count }
        let number = cell.newest.plan.number
        for entry in taken where entry.plan == number {
            guard let blown = fuse.record(entry.outcome) else { continue }
            // First the traffic, then the words.
            gate.setBlown(true)
            shared.withLock { $0.blown = blown }
            doors.say(
                "the fuse has blown: \(blown); everybody gets production until a plan with another number")
            keep(Self.fuseName, blown.json.bytes())
            notify(.fuse, "fuse_blown", "the fuse has blown: \(blown); everybody gets production", blown.json)
        }
    }

    private func watchMirror() {
        let should = counters.sum(\.mirrorable)
        let did = mirror.candidate.sent.count
        let (isWanted, isDone) = (should > mirrorable, did > mirrored)
        (mirrorable, mirrored) = (should, did)
        let isMirroring = cell.newest.mirror != nil
        let (wasSilent, isSilent) = shared.withLock { standing -> (Bool, Bool) in
            let before = standing.isMirrorSilent
            // Where nothing was to be copied nothing was learnt.
            standing.isMirrorSilent = isMirroring && (isWanted ? !isDone : before)
            return (before, standing.isMirrorSilent)
        }
        let seconds = GatewayClock.milliseconds(mirrorAlarm) / 1000
        if isSilent, !wasSilent {
            let text = "nothing was mirrored for \(seconds) s, although the plan wants it"
            doors.say(text)
            notify(.mirror, "mirror_silent", text, mirror.candidate.dropsJSON)
        } else if wasSilent, !isSilent, isMirroring {
            doors.say("copies go again")
            notify(.mirror, "mirror_back", "copies go again")
        }
    }

    /// The first loss is said at once, and the end of losses after ten seconds without one.
    private func watchLosses(at now: UInt64) {
        let count = losses()
        let more = count - lost
        lost = count
        if more > 0 { lostAt = now }
        let isLosing = lostAt > 0 && now &- lostAt < 10 * Self.second
        let wasLosing = shared.withLock { standing -> Bool in
            defer { standing.isCaptureLosing = isLosing }
            return standing.isCaptureLosing
        }
        if isLosing, !wasLosing {
            let text =
                "\(more) exchanges could not be kept: capture and statistics have gaps, traffic has none"
            doors.say(text)
            notify(.capture, "capture_losing", text, ["lost": .integer(Int64(more))])
        } else if wasLosing, !isLosing {
            doors.say("exchanges are kept again; \(count) were not since the start")
            notify(.capture, "capture_whole", "exchanges are kept again", ["lost": .integer(Int64(count))])
        }
    }
}
