import HTTPServer
import Rollout
import Synchronization

/// The data plane: passes production's traffic on, sends a share of it to a candidate, copies some beside, and shuts the
/// candidate out by itself.
///
/// Requests are relayed on the loops of the server; copies and the control plane have a loop of their own; plan, fuse and
/// lease a thread.
public final class Gateway: Sendable {
    /// Where later plans come from.
    public enum Source: Sendable, Hashable {
        /// The first plan holds for good.
        case fixed
        case file(String)
        /// An address that is asked again and again, with the authorities of a PEM file or the system's.
        case control(url: String, authorities: String?, bearer: String?)
    }

    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    private let settings: GatewaySettings
    private let server: HTTPServer
    private let admin: HTTPServer?
    /// For the control plane.
    private let side: EventLoop
    /// For copies, which give way to everything.
    private let copies: EventLoop
    private let mirror: Mirror
    private let keeper: PlanKeeper
    private let gate: GatewayGate
    private let log: AccessLog?
    private let poll: ControlPoll?
    private let notifier: Notifier
    private let say: @Sendable (String) -> Void
    private let polling = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter plan: What holds from the start.
    public init(
        _ settings: GatewaySettings, plan: RoutingPlan, source: Source, doors: GatewayDoors,
        log: AccessLog? = nil, recorder: (any ExchangeRecorder)? = nil
    ) throws(Problem) {
        self.settings = settings
        self.log = log
        do {
            var shelf = UpstreamShelf(recorder: recorder, isSecure: settings.identity != nil)
            let cell = PlanCell(try shelf.active(plan, variable: doors.variable))
            let (gate, counters, outcomes) = (GatewayGate(), GatewayCounters(), OutcomeBox())
            side = try EventLoop()
            copies = try EventLoop()
            mirror = Mirror(on: copies)
            say = doors.say
            notifier = Notifier(on: side, name: settings.name, post: doors.post, say: doors.say)
            self.gate = gate
            recorder?.tell { outcomes.add(afterLook: $0) }
            var file: String?
            if case .file(let path) = source { file = path }
            var isControlled = false
            if case .control = source { isControlled = true }
            keeper = PlanKeeper(
                first: plan, shelf: shelf, cell: cell, gate: gate, counters: counters, outcomes: outcomes,
                mirror: mirror, file: file, isControlled: isControlled, doors: doors,
                notifier: notifier, losses: { recorder?.losses ?? 0 }, mirrorAlarm: settings.mirrorAlarm)
            if case .control(let url, let authorities, let bearer) = source {
                poll = try ControlPoll(
                    url: url, authorities: authorities, bearer: bearer, keeper: keeper, say: doors.say)
            } else {
                poll = nil
            }
            let handler = GatewayHandler(
                cell: cell, gate: gate, counters: counters, outcomes: outcomes, mirror: mirror, log: log,
                recorder: recorder)
            server = try HTTPServer(
                host: settings.host, port: settings.port, loops: settings.loops, limits: settings.limits,
                identity: settings.identity,
                streaming: { (head: HTTPRequestHead, body: RequestBody, writer: consuming ResponseWriter) in
                    try await handler.serve(head, body, writer)
                })
            if let host = settings.adminHost {
                let metrics = GatewayMetrics(
                    counters: counters, mirror: mirror, keeper: keeper, notifier: notifier, log: log,
                    recorder: recorder)
                let own = AdminHandler(keeper: keeper, metrics: metrics)
                admin = try HTTPServer(host: host, port: settings.adminPort) { request, writer in
                    try await own.answer(request, writer)
                }
            } else {
                admin = nil
            }
        } catch {
            throw Problem(description: "\(error)")
        }
    }

    /// Serves from here on; returns the ports of clients and of health.
    @discardableResult
    public func start() throws(Problem) -> (port: Int, adminPort: Int?) {
        do {
            try side.start()
            try copies.start(givingWay: true)
            guard keeper.start(), log?.start() ?? true else {
                throw Problem(description: "no thread was free")
            }
            let adminPort = try admin?.start()
            let port = try server.start()
            if let poll {
                let task = side.spawn { await poll.run() }
                polling.withLock { $0 = task }
            }
            return (port, adminPort)
        } catch {
            throw Problem(description: "\(error)")
        }
    }

    /// Reads the plan's file and the certificates again, as SIGHUP asks.
    public func reload() {
        keeper.tell(.reload)
        do throws(HTTPServerError) { try settings.identity?.reload() } catch {
            say("the certificate stays as it was: \(error)")
        }
    }

    /// A connection to the gateway within the process, for tests.
    public func connect() throws(HTTPServerError) -> Int32 { try server.connect() }

    /// Ends well: no new connection, what is under way is answered within the grace, copies included.
    public func stop() async {
        gate.drain()
        polling.withLock { $0 }?.cancel()
        await server.stop(within: settings.grace)
        mirror.close()
        await admin?.stop(within: .milliseconds(100))
        keeper.stop()
        await notifier.settle()
        log?.stop()
        side.finish()
        copies.finish()
    }
}
