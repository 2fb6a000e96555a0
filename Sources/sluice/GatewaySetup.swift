import Domain
import Gateway
import Glibc
import HTTPClient
import HTTPServer
import Notation
import Policy
import Rollout
import Storage
import Traffic

/// What the command line of `sluice gateway` says.
struct GatewaySetup {
    let arguments: Arguments
    let listenHost: String
    let listenPort: Int
    let adminHost: String?
    private let adminPort: Int
    private let state: String

    var isSecure: Bool { arguments.has("certificate") }

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        let sources = ["production", "plan", "from"].filter { arguments.has($0) }
        if arguments.has("plan"), sources.count > 1 {
            throw Self.usage("--plan says it all: leave out --\(sources.first { $0 != "plan" } ?? "")")
        }
        if sources.isEmpty {
            throw Self.usage("say where production is: --production URL, --plan FILE or --from URL")
        }
        (listenHost, listenPort) = try Self.address(arguments.value("listen") ?? "127.0.0.1:8400", "listen")
        if arguments.value("admin") == "none" {
            (adminHost, adminPort) = (nil, 0)
        } else {
            let admin = try Self.address(arguments.value("admin") ?? "127.0.0.1:8401", "admin")
            (adminHost, adminPort) = (admin.host, admin.port)
        }
        state = arguments.value("state") ?? ".sluice/gateway"
    }

    static func usage(_ message: String) -> GatewayCommand.Refusal {
        GatewayCommand.Refusal(status: ExitStatus.usage, message: message)
    }

    /// `host:port`, `[v6]:port`, `:port`.
    private static func address(_ text: String, _ flag: String) throws -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw usage("--\(flag) takes host:port, as 127.0.0.1:8400, not '\(text)'") }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return (host.isEmpty ? "0.0.0.0" : host, port)
    }

    func measure(_ name: String, _ form: MeasureForm) throws -> Double? {
        guard let text = arguments.value(name) else { return nil }
        guard let value = form.value(of: YAMLScalar(plain: text)) else {
            throw Self.usage("--\(name) takes \(form.words), not '\(text)'")
        }
        return value
    }

    // MARK: - The plan

    /// The plan that holds from the start; its problems are shown.
    func plan(_ console: Console) throws -> RoutingPlan {
        if let path = arguments.value("plan") { return try read(try bytes(path), path, console) }
        if arguments.has("from") {
            let path = state + "/plan.json"
            if InputFile.exists(path), let kept = try? bytes(path) { return try read(kept, path, console) }
            guard arguments.has("production") else {
                throw GatewayCommand.Refusal(
                    status: ExitStatus.badInput,
                    message:
                        "no plan is kept in '\(state)': say with --production what holds until the control "
                        + "plane speaks")
            }
        }
        return try read(try planOfFlags().bytes(), "the command line", console)
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        do { return try InputFile.read(path) } catch {
            throw GatewayCommand.Refusal(status: ExitStatus.badInput, message: "\(error)")
        }
    }

    private func read(_ bytes: [UInt8], _ path: String, _ console: Console) throws -> RoutingPlan {
        let (plan, diagnostics) = RoutingPlanReader.read(bytes, path: path)
        if !diagnostics.isEmpty { console.error(DiagnosticText().render(diagnostics)) }
        guard let plan else { throw PolicyFile.Shown(status: ExitStatus.badInput) }
        return plan
    }

    /// The flags as a plan would say them.
    private func planOfFlags() throws -> JSONValue {
        var root = JSONObject()
        root["plan"] = 1
        root["production"] = .string(arguments.value("production") ?? "")
        if let candidate = arguments.value("candidate") { root["candidate"] = .string(candidate) }
        var split = JSONObject()
        if let share = arguments.value("share") { split["share"] = .string(share) }
        let sources = arguments.all("by")
        if !sources.isEmpty { split["by"] = .array(sources.map { .string($0) }) }
        root["split"] = .object(split)
        root["announce"] = .string(arguments.value("announce") ?? "X-Sluice-Arm")
        root["fallback"] = ["on": .string(arguments.value("fallback") ?? "errors")]
        if let share = arguments.value("mirror") {
            root["mirror"] = [
                "share": .string(share), "methods": ["GET", "POST"], "paths": ["*"],
                "control": .bool(arguments.has("noise-floor")),
            ]
        }
        return .object(root)
    }

    func source() -> Gateway.Source {
        if let path = arguments.value("plan") { return .file(path) }
        if let url = arguments.value("from") {
            return .control(
                url: url, authorities: arguments.value("from-authorities"),
                bearer: Environment.value("SLUICE_CONTROL_TOKEN"))
        }
        return .fixed
    }

    // MARK: - The rest

    func settings() throws -> GatewaySettings {
        var settings = GatewaySettings()
        // Bodies stream: their bound is there to end what has no end.
        settings.limits.bodyBytes = 1 << 32
        settings.limits.connections = 16_384
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        let name = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        settings.name = "\(name):\(listenPort)"
        (settings.host, settings.port) = (listenHost, listenPort)
        (settings.adminHost, settings.adminPort) = (adminHost, adminPort)
        let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        settings.loops = try arguments.number("loops", least: 1, most: 64) ?? max(1, min(4, processors))
        if let seconds = try measure("grace", .duration) {
            settings.grace = .milliseconds(Int(seconds * 1000))
        }
        switch (arguments.value("certificate"), arguments.value("key")) {
        case (nil, nil): break
        case (let certificate?, let key?):
            do { settings.identity = try ServerIdentity(certificate: certificate, key: key) } catch {
                throw GatewayCommand.Refusal(status: ExitStatus.badInput, message: "\(error)")
            }
        default: throw Self.usage("--certificate and --key go together")
        }
        return settings
    }

    func accessLog() throws -> AccessLog? {
        guard let path = arguments.value("access-log") else { return nil }
        let fraction = try measure("access-share", .share) ?? 1
        guard let share = Share(fraction: fraction) else {
            throw Self.usage("--access-share goes in steps of 0.01%")
        }
        if path == "-" { return AccessLog(descriptor: STDOUT_FILENO, share: share) }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw GatewayCommand.Refusal(
                status: ExitStatus.couldNotMeasure, message: "'\(path)' cannot be written: \(reason)")
        }
        return AccessLog(descriptor: descriptor, share: share)
    }

    func doors(_ console: Console) -> GatewayDoors {
        var doors = GatewayDoors()
        let state = state
        doors.variable = { Environment.value($0) }
        doors.keep = { name, bytes in try InputFile.write("\(state)/\(name)", bytes) }
        doors.kept = { name in
            let path = "\(state)/\(name)"
            return InputFile.exists(path) ? try? InputFile.read(path) : nil
        }
        doors.forget = { InputFile.remove("\(state)/\($0)") }
        doors.say = { console.error("sluice gateway: \(Sluice.printable($0))") }
        let client = HTTPClient()
        doors.post = { letter in
            var headers = HTTPClientHeaders()
            for header in letter.headers { headers.append(header.name, header.value) }
            let request = HTTPClientRequest(
                method: "POST", url: letter.url, headers: headers, body: letter.body,
                timeouts: .init(connect: .seconds(5), total: .seconds(10)), maxResponseBytes: 1 << 16)
            do throws(HTTPClientError) {
                return .answered(status: try await client.send(request).status)
            } catch {
                return .failed(error.description)
            }
        }
        return doors
    }

    // MARK: - Without serving

    func check(_ console: Console) throws -> Int32 {
        let plan = try plan(console)
        do {
            // What the plan names of the machine is asked for, and nothing is started.
            _ = try Gateway(
                try settings(), plan: plan, source: .fixed, doors: checkingDoors(),
                recorder: try capture(checkingDoors()))
            _ = try carrier(checkingDoors())
        } catch let problem as Gateway.Problem {
            throw GatewayCommand.Refusal(status: ExitStatus.badInput, message: problem.description)
        }
        console.out(GatewayWords.summary(plan))
        return 0
    }

    private func checkingDoors() -> GatewayDoors {
        var doors = GatewayDoors()
        doors.variable = { Environment.value($0) }
        return doors
    }

    func sign(_ arguments: Arguments, _ console: Console) throws -> Int32 {
        guard let arm = arguments.value("sign").flatMap(ArmName.init) else {
            throw Self.usage("--sign takes production or candidate")
        }
        let plan = try plan(console)
        guard let rule = plan.override else {
            throw GatewayCommand.Refusal(
                status: ExitStatus.badInput, message: "the plan has no 'override': testers choose no arm")
        }
        guard let secret = rule.secret.filled(Environment.value), !secret.isEmpty else {
            throw GatewayCommand.Refusal(
                status: ExitStatus.badInput,
                message: "set \(rule.secret.variables.joined(separator: ", ")), the key of the signatures")
        }
        let seconds = try measure("for", .duration) ?? 3600
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let tester = TesterOverride(key: Array(secret.utf8), salt: plan.salt)
        let token = tester.token(for: arm, until: now.tv_sec + Int(seconds))
        console.out("\(rule.header): \(token)\n")
        return 0
    }
}
