import HTTPServer
import Notation
import Policy
import Rollout
import Synchronization

/// Keeps what the gateway does true to its plan: takes new plans, watches fuse and lease, on a thread of its own.
///
/// It looks 40 times a second: a changed file acts within 50 ms, and what is over a limit ends within a tenth of a
/// second. Nothing it does is waited for by a request.
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
    private var ticks = 0
    private var mirrorable = 0
    private var mirrored = 0

    static let planName = "plan.json"
    static let fuseName = "fuse.json"
    private static let pause: UInt32 = 20

    init(
        first: RoutingPlan, shelf: UpstreamShelf, cell: PlanCell, gate: GatewayGate,
        counters: GatewayCounters,
        outcomes: OutcomeBox, mirror: Mirror, file: String?, isControlled: Bool, doors: GatewayDoors
    ) {
        self.cell = cell
        self.gate = gate
        self.counters = counters
        self.outcomes = outcomes
        self.mirror = mirror
        self.doors = doors
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
                GatewayThread.pause(milliseconds: Self.pause)
            }
            self.hasEnded.store(true, ordering: .releasing)
        }
    }

    func stop() { isOver.store(true, ordering: .relaxed) }

    // MARK: - The thread

    private func tick() {
        ticks += 1
        let now = GatewayClock.monotonic()
        let heard = words.withLock { words -> [Word] in
            defer { words = [] }
            return words
        }
        for word in heard { hear(word, at: now) }
        if let bytes = file?.changed(), let path = file?.path { take(bytes, from: path) }
        if let event = lease.tick(at: now) { report(event) }
        if ticks % 3 == 0 { watchFuse() }
        if ticks % 500 == 0 { watchMirror() }
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
        doors.say(
            isExpired
                ? "the control plane has been silent for the lease's time: everybody gets production"
                : "the control plane speaks again: the plan holds")
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
        }
    }

    private func watchMirror() {
        let should = counters.sum(\.mirrorable)
        let did = mirror.candidate.sent.count
        let isSilent = should > mirrorable && did == mirrored
        (mirrorable, mirrored) = (should, did)
        let wasSilent = shared.withLock { standing -> Bool in
            defer { standing.isMirrorSilent = isSilent }
            return standing.isMirrorSilent
        }
        if isSilent, !wasSilent { doors.say("nothing was mirrored for 10 s, although the plan wants it") }
    }
}
