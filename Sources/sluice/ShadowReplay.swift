import Adoption
import Digest
import Domain
import Interchange
import Notation
import Policy
import Replay
import Reporting
import Storage
import Targets
import Text

/// One replay: which requests are sent, when, to whom, and what came of them.
final class ShadowReplay {
    private let arguments: Arguments
    private let console: Console
    private let session: ShadowSession
    private let production: String
    private let candidate: String
    private let routes: [AllowedRoute]
    private let pace: ReplayPace
    private let concurrency: Int
    private let hasControl: Bool
    private let key: RequestPart?
    private let slices: [(name: String, part: RequestPart)]
    private let kept: Set<String>
    private let headers: [LiveField]
    private let caller: LiveCaller
    private let template: RequestTemplate

    init(_ arguments: Arguments, _ console: Console, _ session: ShadowSession) throws {
        self.arguments = arguments
        self.console = console
        self.session = session
        let known = session.addresses
        // What a recording holds is told to whoever names no route, wherever the arms are.
        let isListing = arguments.all("only").isEmpty
        let here = arguments.value("production") ?? known.production ?? (isListing ? Self.nowhere : nil)
        guard let production = here else {
            throw Arguments.Problem(
                message: "nothing says where production is", hint: "give --production URL")
        }
        let there = arguments.value("candidate") ?? known.candidate ?? (isListing ? Self.nowhere : nil)
        guard let candidate = there else {
            throw Arguments.Problem(
                message: "nothing says where the candidate is", hint: "give --candidate URL")
        }
        for (name, url) in [("production", production), ("candidate", candidate)]
        where Self.origin(url) == nil {
            throw Arguments.Problem(
                message: "--\(name) takes an address such as http://127.0.0.1:8101, not '\(url)'", hint: nil)
        }
        self.production = production
        self.candidate = candidate
        routes = try arguments.all("only").map { try AllowedRoute($0) }
        pace = try arguments.value("pace").map { try ReplayPace($0) } ?? .free
        concurrency = try arguments.number("concurrency", least: 1, most: 1_000) ?? 4
        hasControl = arguments.has("noise")
        key = try arguments.value("key").map { try RequestPart($0, flag: "key") }
        slices = try arguments.all("slice").map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Arguments.Problem(message: "--slice takes NAME=PART, not '\(text)'", hint: nil)
            }
            return (parts[0], try RequestPart(parts[1], flag: "slice"))
        }
        kept = Set(arguments.all("keep-header").map { $0.lowercased() })
        if let secret = kept.sorted().first(where: { SentHeaders.isCredential($0) }) {
            throw Arguments.Problem(
                message: "--keep-header \(secret): recorded credentials are never sent",
                hint: "give the arms one of their own with --header \"\(secret): ${env:…}\"")
        }
        headers = try arguments.all("header").map { try Self.header($0) }
        var timeout = 30.0
        if let text = arguments.value("timeout") {
            guard let seconds = MeasureForm.duration.value(of: .text(text)), seconds > 0 else {
                throw Arguments.Problem(
                    message: "--timeout takes a time such as 30s, not '\(text)'", hint: nil)
            }
            timeout = seconds
        }
        caller = LiveCaller(timeoutSeconds: timeout)
        template = try session.template()
    }

    /// Never asked: without a route nothing is sent.
    private static let nowhere = "http://127.0.0.1/"

    private static func header(_ text: String) throws(Arguments.Problem) -> LiveField {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw Arguments.Problem(message: "--header takes \"NAME: VALUE\"", hint: nil)
        }
        let value = Secretive(parts[1].trimmingPrefix(while: { $0 == " " }).description)
        var missing: String?
        let filled = value.filled { name in
            let found = Environment.value(name)
            if found == nil { missing = name }
            return found
        }
        guard let filled else {
            throw Arguments.Problem(
                message: "--header \(parts[0]): the environment variable \(missing ?? "?") is not set",
                hint: nil)
        }
        return LiveField(parts[0], filled)
    }

    /// Scheme, host and port of an address, and the path behind them.
    private static func origin(_ url: String) -> (origin: String, path: String)? {
        let lower = url.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else { return nil }
        let rest = url.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !host.isEmpty, !host.contains("@"), url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return nil
        }
        let path = rest.dropFirst(host.count).prefix { $0 != "?" && $0 != "#" }
        return (scheme + String(host), path.isEmpty ? "/" : String(path))
    }

    // MARK: The replay

    private struct Planned {
        let request: RecordedRequest
        let method: String
        let path: String
    }

    func run() async throws -> Int32 {
        var recording = RequestRecording()
        for path in arguments.positionals { try read(path, into: &recording) }
        for problem in recording.problems.prefix(5) { console.error("warning: \(problem); set aside") }
        if recording.problemCount > 5 {
            console.error("warning: \(recording.problemCount - 5) more records are set aside")
        }
        var (planned, held) = plan(recording.requests)
        guard !routes.isEmpty else { return askForRoutes(recording.requests) }
        guard !planned.isEmpty else {
            console.error("sluice shadow replay: no recorded request is allowed by --only")
            return askForRoutes(recording.requests)
        }
        if let refused = withoutBodies(planned) { return refused }
        if let limit = try arguments.number("limit", least: 1) { planned = Array(planned.prefix(limit)) }
        let resumes = arguments.value("resume")
        let path = resumes ?? arguments.value("out") ?? "shadow-replay.jsonl"
        let log = try ReplayLog(path, resumes: resumes != nil)
        let first = planned.filter { !log.done.contains($0.request.id) }
        var ended = try await send(first, [.production, .candidate], planned.count, log)
        // Only when the candidate is done with: production asked twice at once would be a slower production.
        if hasControl, case .done = ended {
            let second = planned.filter { !log.three.contains($0.request.id) }
            ended = try await send(second, [.control], planned.count, log)
        }
        log.sync()
        let exchanges = try log.exchanges()
        if hasControl { try log.gather(exchanges) }
        for exchange in exchanges { try session.add(exchange) }
        var notes = [
            "replayed from \(recording.form?.rawValue ?? "records"), not live: both arms were asked at the same moment"
                + (hasControl ? ", production a second time when that was over" : "")
        ]
        if held > 0 { notes.append("\(Prose.counted(held, "recorded request")) not opted in, and not sent") }
        if recording.problemCount > 0 {
            notes.append("\(Prose.counted(recording.problemCount, "record")) could not be read as requests")
        }
        let sources = arguments.positionals + [production, candidate]
        switch ended {
        case .unreachable(let why):
            console.error("COULD NOT MEASURE  \(Sluice.printable(why))\n\(hint(path))")
            return ExitStatus.couldNotMeasure
        case .stopped(let words):
            _ = try await session.finish(sources: sources, notes: notes + ["stopped with " + words])
            console.error("stopped with \(words); nothing is lost\n\(hint(path))")
            return ExitStatus.stopped
        case .done: return try await session.finish(sources: sources, notes: notes)
        }
    }

    private func read(_ path: String, into recording: inout RequestRecording) throws {
        if path == "-" { return recording.read(try InputFile.standardInput(), name: "stdin") }
        let isSpool = [".seg", ".open", ".zst"].contains { path.hasSuffix($0) }
        if isSpool || (try? InputFile.names(in: path)) != nil {
            var found = recording
            try ShadowInput.each([path], console, unread: {}) { found.add($0) }
            recording = found
            return
        }
        recording.read(try InputFile.read(path), name: path)
    }

    private func plan(_ requests: [RecordedRequest]) -> (planned: [Planned], held: Int) {
        var planned: [Planned] = []
        var held = 0
        for request in requests {
            let (method, path) = route(request)
            guard routes.contains(where: { $0.allows(method, path) }) else {
                held += 1
                continue
            }
            planned.append(Planned(request: request, method: method, path: path))
        }
        if case .original = pace {
            planned.sort { ($0.request.seconds ?? 0) < ($1.request.seconds ?? 0) }
        }
        return (planned, held)
    }

    /// A trace has no route of its own: the candidate's address says where its question goes.
    private func route(_ request: RecordedRequest) -> (String, String) {
        (request.method ?? "POST", request.path ?? Self.origin(candidate)?.path ?? "/")
    }

    /// Empty requests would be turned away by both arms alike, and look like two arms that agree.
    private func withoutBodies(_ planned: [Planned]) -> Int32? {
        guard !arguments.has("allow-empty") else { return nil }
        let bare = planned.filter {
            ["POST", "PUT", "PATCH"].contains($0.method) && $0.request.body == nil
                && $0.request.question == nil
        }
        guard let first = bare.first else { return nil }
        console.error(
            Sluice.printable(
                "sluice shadow replay: \(bare.count) of \(Prose.counted(planned.count, "request")) that "
                    + "would be sent are recorded without a body, such as \(first.method) \(first.path) "
                    + "(\(first.request.id)); nothing was sent"))
        console.error(
            "  replay a recording with bodies (a gateway's spool, a HAR file, a log with 'body'); "
                + "--allow-empty sends such requests as they are")
        return ExitStatus.badInput
    }

    /// Nothing is sent that nobody opted in: what there is to opt in.
    private func askForRoutes(_ requests: [RecordedRequest]) -> Int32 {
        var counts: [String: Int] = [:]
        for request in requests {
            let (method, path) = route(request)
            counts["\(method) \(path)", default: 0] += 1
        }
        let order = counts.keys.sorted {
            (counts[$1] ?? 0, $0) < (counts[$0] ?? 0, $1)
        }
        console.error(
            "sluice shadow replay: nothing is sent that is not opted in; name methods and paths with --only")
        for route in order.prefix(12) {
            let line = "  \(Prose.counted(counts[route] ?? 0, "request"))  --only \(ShellWord.quoted(route))"
            console.error(Sluice.printable(line))
        }
        if order.count > 12 { console.error("  and \(order.count - 12) more routes") }
        if order.isEmpty { console.error("  the recording holds no request") }
        return order.isEmpty ? ExitStatus.badInput : ExitStatus.usage
    }

    private func hint(_ path: String) -> String {
        var words = "go on with   sluice shadow replay"
        for place in arguments.positionals { words += " " + ShellWord.quoted(place) }
        words += " --resume " + ShellWord.quoted(path)
        for flag in ShadowReplayCommand.command.flags where !["resume", "out"].contains(flag.name) {
            if flag.value == nil {
                if arguments.has(flag.name) { words += " --\(flag.name)" }
            } else {
                for value in arguments.all(flag.name) {
                    words += " --\(flag.name) \(ShellWord.quoted(value))"
                }
            }
        }
        return words
    }

    // MARK: Sending

    private enum Ending {
        case done
        case stopped(String)
        case unreachable(String)
    }

    /// Asks these arms what has not been asked of them.
    private func send(
        _ open: [Planned], _ arms: [LiveArm], _ all: Int, _ log: ReplayLog
    ) async throws -> Ending {
        let before = all - open.count
        let clock = ContinuousClock()
        let start = clock.now
        let firstSeconds = open.compactMap(\.request.seconds).min()
        let progress = ProgressLine(console: console, isQuiet: arguments.has("quiet"))
        defer { progress.end() }
        let jobs = open.enumerated().map { place, planned in
            Job(
                sends: sends(planned), exchange: exchange(planned, number: before + place),
                due: pace.due(place, at: planned.request.seconds, first: firstSeconds))
        }
        let asking = Asking(caller: caller, arms: arms)
        let limit = concurrency
        let results = AsyncStream<Exchange?>.makeStream()
        let task = Task {
            await withTaskGroup(of: Exchange?.self) { group in
                var running = 0
                for job in jobs {
                    try? await clock.sleep(until: start + .seconds(job.due))
                    if Task.isCancelled { break }
                    if running == limit {
                        if let ended = await group.next() { results.continuation.yield(ended) }
                        running -= 1
                    }
                    if Task.isCancelled { break }
                    group.addTask { await asking.ask(job) }
                    running += 1
                }
                for await ended in group { results.continuation.yield(ended) }
            }
            results.continuation.finish()
        }
        let signals = StopSignals { task.cancel() }
        defer { signals.end() }
        var done = before
        var failed = 0
        for await exchange in results.stream {
            guard let exchange else { continue }
            if done == before, let why = unreachable(exchange) {
                task.cancel()
                return .unreachable(why)
            }
            try log.append(exchange)
            done += 1
            if LiveArm.allCases.contains(where: { exchange[$0]?.failure != nil }) { failed += 1 }
            let elapsed = start.duration(to: clock.now)
            progress.show(
                ReplayProgress(
                    done: done, planned: all, failed: failed,
                    seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds)
                        / 1e18))
        }
        guard done < all else { return .done }
        let what = arms == [.control] ? "asked of production a second time" : "replayed"
        return .stopped("\(done) of \(all) requests \(what)")
    }

    /// Where the very first request finds nobody, nothing is learnt by going on.
    private func unreachable(_ exchange: Exchange) -> String? {
        for arm in LiveArm.allCases {
            guard let failure = exchange[arm]?.failure else { continue }
            let name = arm == .control ? "production" : arm.rawValue
            switch failure.kind {
            case .unresolved, .refused, .unreachable, .insecure, .connectTimeout:
                return "the \(name) cannot be reached: \(failure.detail ?? failure.kind.rawValue)"
            default: continue
            }
        }
        return nil
    }

    private func sends(_ planned: Planned) -> [LiveArm: LiveCaller.Request] {
        let request = planned.request
        let (type, body) = body(request)
        var fields = SentHeaders.of(request, kept: kept)
        if let type, !fields.contains(where: { $0.name.lowercased() == "content-type" }) {
            fields.append(LiveField("Content-Type", type))
        }
        for header in headers { fields.removeAll { $0.name.lowercased() == header.name.lowercased() } }
        fields += headers
        fields.append(LiveField("X-Request-ID", Self.fieldValue(request.id)))
        let query = SentHeaders.query(request.query).map { "?" + $0 } ?? ""
        var sends: [LiveArm: LiveCaller.Request] = [:]
        for (arm, base) in [
            (LiveArm.production, production), (.candidate, candidate), (.control, production),
        ] {
            guard let place = Self.origin(base) else { continue }
            // A trace goes where each arm's own address says.
            let path = request.path ?? place.path
            sends[arm] = LiveCaller.Request(
                method: planned.method, url: place.origin + path + query,
                headers: fields + [
                    LiveField("X-Sluice-Shadow", arm.rawValue),
                    LiveField("Idempotency-Key", Self.fieldValue("\(request.id)-\(arm.rawValue)")),
                ], body: body)
        }
        return sends
    }

    /// What is sent; a trace's question is put into the policy's body.
    private func body(_ request: RecordedRequest) -> (type: String?, body: [UInt8]?) {
        if let body = request.body { return (request.path == nil ? "application/json" : nil, body) }
        guard let question = request.question else { return (nil, nil) }
        let asked = Question(
            example: Example(id: request.id, query: question), query: question, history: request.history,
            arm: .candidate, repetition: 0, turn: 0, attempt: 1, session: nil, runID: "shadow",
            idempotencyKey: request.id, timeoutSeconds: 30)
        return ("application/json", try? template.body(for: asked))
    }

    private static func fieldValue(_ text: String) -> String {
        String(decoding: text.utf8.prefix(200).map { $0 > 0x20 && $0 < 0x7F ? $0 : 0x5F }, as: UTF8.self)
    }

    /// The exchange without its answers.
    private func exchange(_ planned: Planned, number: Int) -> Exchange {
        let request = planned.request
        let (type, body) = body(request)
        var exchange = Exchange(
            id: request.id, gateway: "replay", number: number,
            began: request.seconds.map { Int($0 * 1e6) } ?? Int(MachineFacts.now().seconds) * 1_000_000,
            assigned: .production, method: planned.method, path: planned.path,
            query: SentHeaders.query(request.query), headers: SentHeaders.of(request, kept: kept),
            body: body.map {
                LiveBody(bytes: $0, length: $0.count, contentType: type ?? request.header("content-type"))
            })
        exchange.served = .production
        exchange.key = key.map { part in part.value(request).map { XXHash.xxh64($0) } } ?? request.key
        exchange.slices = request.slices
        for (name, part) in slices {
            if let value = part.value(request) { exchange.slices.append(LiveField(name, value)) }
        }
        return exchange
    }
}

/// One request, ready to be sent.
private struct Job: Sendable {
    let sends: [LiveArm: LiveCaller.Request]
    let exchange: Exchange
    /// In seconds since the start.
    let due: Double
}

private struct Asking: Sendable {
    let caller: LiveCaller
    let arms: [LiveArm]

    /// All arms at once, so that none has a better moment; nil where it was stopped before all had ended.
    func ask(_ job: Job) async -> Exchange? {
        await withTaskGroup(of: (LiveArm, ArmAnswer?).self) { group in
            // Which arm starts first is drawn by the request: neither has a head start.
            let isTurned = XXHash.xxh64(job.exchange.id) & 1 == 1
            for arm in isTurned ? arms.reversed() : arms {
                guard let sent = job.sends[arm] else { continue }
                group.addTask { (arm, await caller.call(sent)) }
            }
            var exchange = job.exchange
            var isWhole = true
            for await (arm, answer) in group {
                exchange[arm] = answer
                if answer == nil { isWhole = false }
            }
            return isWhole ? exchange : nil
        }
    }
}
