import Domain
import Glibc
import Interchange
import Notation
import Synchronization

/// An app that is a program speaking JSON lines: one line in, one line out.
///
/// A request is `{"id", "example", "query", "history", "context", "session", "repeat", "turn", "run",
/// "idempotency_key"}` with the overlay's members laid over it. An answer carries the same `id`; several
/// requests are then under way at once. An app whose answers carry none is asked one at a time. `{"id",
/// "error": "…"}` is a failure. Logs belong on standard error, of which the last words are shown when the
/// program fails.
///
/// The program runs in the policy's folder and in a process group of its own, which is killed with it. It
/// gets `PATH`, `HOME`, `LANG`, `LC_ALL`, `TMPDIR`, `SLUICE_REPLAY=1`, and what the policy's `headers` name,
/// as environment variables. It is started with the first request, and again after a crash or a request that
/// it never answered.
public final class CommandTarget: Target {
    public let identity: TargetIdentity
    private let loop: CommandLoop
    private let template: RequestTemplate
    private let reader: ResponseReader
    private let next = Atomic<UInt64>(0)

    private static let request: JSONValue = [
        "example": "${example.id}", "query": "${input.query}", "history": "${input.history}",
        "context": "${input.context}", "session": "${session}", "repeat": "${repeat}", "turn": "${turn}",
        "run": "${run}",
    ]

    /// - Parameter program: The file to start in place of one that `PATH` names.
    public init(
        _ policy: TargetPolicy, arguments: [String], limits: ReplayLimits, folder: String,
        environment: EnvironmentLookup, program: String? = nil
    ) throws(TargetProblem) {
        var problems = ProblemList()
        if arguments.first?.isEmpty ?? true {
            problems.add("command", "the command names no program", "write [\"python3\", \"app.py\"]")
        }
        if arguments.contains(where: { $0.utf8.contains(0) }) {
            problems.add("command", "an argument holds a zero byte", "remove it")
        }
        problems.check(policy.headers, environment)
        let template = problems.collect { () throws(TargetProblem) in try Self.compiled(policy.overlay) }
        let reader = problems.collect { () throws(TargetProblem) in
            try ResponseReader(policy: policy, readsChat: false)
        }
        guard let reader, let template, problems.items.isEmpty else {
            throw TargetProblem(items: problems.items)
        }
        self.reader = reader
        self.template = template
        let settings = CommandLoop.Settings(
            program: program, arguments: arguments, environment: Self.variables(policy, environment),
            folder: folder,
            concurrency: max(1, limits.concurrency), maximumLineBytes: limits.answerBytes, mayBearOwnIDs: true
        )
        do throws(ChildProcess.Problem) { loop = try CommandLoop(settings) } catch {
            throw TargetProblem(
                key: "command", cause: "no pipe could be made: \(error.cause)", mend: "close other programs")
        }
        var digest = ConfigurationDigest(kind: "command")
        for argument in arguments { digest.add("argument", argument) }
        digest.add(policy)
        let address = arguments.map { Excerpt().of($0) }.joined(separator: " ")
        identity = TargetIdentity(kind: "command", address: address, configuration: digest.value())
    }

    private static func compiled(_ overlay: JSONObject) throws(TargetProblem) -> RequestTemplate {
        do throws(RequestTemplateProblems) { return try RequestTemplate(request, overlay: overlay) } catch {
            throw TargetProblem(
                items: error.problems.map {
                    .init(key: "overlay\($0.pointer)", cause: $0.cause, mend: $0.mend)
                })
        }
    }

    private static func variables(_ policy: TargetPolicy, _ environment: EnvironmentLookup) -> [String] {
        var variables = ["SLUICE_REPLAY=1"]
        for name in TargetAllowance.usualVariables {
            if let value = environment(name) { variables.append("\(name)=\(value)") }
        }
        for header in policy.headers {
            if let value = header.value.filled(environment) { variables.append("\(header.name)=\(value)") }
        }
        return variables
    }

    public func ask(_ question: Question) async -> Attempt {
        let body: [UInt8]
        do throws(RequestTemplate.MissingColumn) { body = try template.body(for: question) } catch {
            return Attempt(.failed(.missingColumn(error.name)))
        }
        let token = next.wrappingAdd(1, ordering: .relaxed).newValue
        let id = String(token)
        var line = Array("{\"id\":\"\(id)\",\"idempotency_key\":".utf8)
        line += JSONValue.string(question.idempotencyKey).bytes()
        line.append(UInt8(ascii: ","))
        line += body.dropFirst()
        line.append(0x0A)
        let reply = await loop.ask(id, line, token: token, seconds: question.timeoutSeconds)
        switch reply {
        case .failed(let failure): return Attempt(.failed(failure))
        case .line(let line, let milliseconds): return Attempt(read(line, milliseconds))
        }
    }

    private func read(_ line: [UInt8], _ milliseconds: Double) -> Attempt.Result {
        let value: JSONValue
        do throws(JSONError) {
            let limits = JSONLimits(bytes: line.count, longNumbers: .wholeAsTexts)
            value = try JSONValue.parse(line, limits: limits)
        } catch {
            let detail =
                "the command's line is no JSON: \(error.cause); it begins '\(Excerpt().of(line))' "
                + "(logs belong on standard error)"
            return .failed(Failure(cause: .malformed, detail: detail))
        }
        if let error = value["error"], !error.isNull {
            let words = error.stringValue ?? error["message"]?.stringValue ?? "no reason given"
            return .failed(
                Failure(
                    cause: .status, detail: "the command answered with an error: '\(Excerpt().of(words))'"))
        }
        guard case .object(var members) = value else {
            return .failed(
                Failure(
                    cause: .malformed,
                    detail: "the command's answer is a JSON \(value.typeName), not an object"))
        }
        members["id"] = nil
        if members.isEmpty {
            return .failed(
                Failure(cause: .emptyBody, detail: "the command's answer holds nothing but its id"))
        }
        var answer = Answer(latencyMilliseconds: milliseconds)
        reader.read(.object(members), &answer)
        if reader.reader.isEmpty, answer.text == nil {
            answer.text = members["answer"]?.stringValue ?? members["text"]?.stringValue
        }
        return .answered(answer)
    }

    public func close() async { await loop.stop() }
}
