import Domain
import Interchange
import Metrics
import Notation
import Synchronization

/// A judge that is a program speaking JSON lines: one line in, one line out; kept alive, timed out, restarted.
///
/// A line in is `{"id", "metric", "prompt", "version", "vote", "messages": [{"role", "content"}], "schema"}`. A line out
/// carries the same `id` and either `"verdict"`, an object valid by the schema, or `"text"`, from which one is read as
/// from a model's answer; beside it `"usage"`, `"cost"` and `"model"` where there is anything to say; or `"error"`, or
/// `"refusal"`. The program runs in the policy's folder, as a target's command does.
public final class CommandJudge: Judge {
    public let identity: JudgeIdentity
    private let loop: CommandLoop
    private let concurrency: Int
    private let timeoutSeconds: Double
    private let retries: Int
    private let next = Atomic<UInt64>(0)

    /// - Parameter policy: Its kind is a command.
    /// - Throws: All that is wrong with it, before anything is started.
    public init(
        _ policy: JudgePolicy, arguments: [String], folder: String,
        environment: @escaping EnvironmentLookup, allowance: TargetAllowance? = nil
    ) throws(TargetProblem) {
        try allowance?.check(policy.target)
        let environment = allowance?.restricting(environment) ?? environment
        var problems = ProblemList()
        if arguments.first?.isEmpty ?? true {
            problems.add("command", "the command names no program", "write [\"python3\", \"judge.py\"]")
        }
        if arguments.contains(where: { $0.utf8.contains(0) }) {
            problems.add("command", "an argument holds a zero byte", "remove it")
        }
        problems.check(policy.headers, environment)
        guard problems.items.isEmpty else { throw TargetProblem(items: problems.items) }
        var variables = ["SLUICE_JUDGE=1"]
        for name in TargetAllowance.usualVariables {
            if let value = environment(name) { variables.append("\(name)=\(value)") }
        }
        for header in policy.headers {
            if let value = header.value.filled(environment) { variables.append("\(header.name)=\(value)") }
        }
        concurrency = max(1, policy.concurrency)
        let settings = CommandLoop.Settings(
            program: try allowance?.program(arguments), arguments: arguments, environment: variables,
            folder: folder, concurrency: concurrency, maximumLineBytes: 8 << 20)
        do throws(ChildProcess.Problem) { loop = try CommandLoop(settings) } catch {
            throw TargetProblem(
                key: "command", cause: "no pipe could be made: \(error.cause)", mend: "close other programs")
        }
        timeoutSeconds = policy.timeoutSeconds
        retries = policy.retries
        identity = JudgeIdentity(policy)
    }

    public func judge(_ questions: [JudgeQuestion]) async -> [JudgeOutcome] { await gathered(questions) }

    public func judge(
        _ questions: [JudgeQuestion], purse: any JudgePurse,
        each: @escaping @Sendable (Int, JudgeOutcome) -> Void
    ) async {
        let places = Array(questions.enumerated())
        _ = await Together.map(places, atOnce: concurrency) { place, question in
            each(place, await self.outcome(of: question, purse))
        }
    }

    public func close() async { await loop.stop() }

    private func outcome(of question: JudgeQuestion, _ purse: any JudgePurse) async -> JudgeOutcome {
        var attempts = 0
        var last: Failure?
        while true {
            if Task.isCancelled { return .failure(.cancelled) }
            if let why = purse.refusal() { return .failure(last.map { .failed($0) } ?? .overBudget(why)) }
            attempts += 1
            let token = next.wrappingAdd(1, ordering: .relaxed).newValue
            let id = String(token)
            switch await loop.ask(id, line(question, id), token: token, seconds: timeoutSeconds) {
            case .line(let line, let milliseconds):
                let value = try? JSONValue.parse(line, limits: JSONLimits(bytes: line.count))
                let usage = value.flatMap(Self.usage)
                purse.settle(usage, isAnswered: true)
                return read(line, value, question, usage, attempts, milliseconds)
            case .failed(let failure):
                purse.settle(nil, isAnswered: false)
                if failure.cause == .cancelled { return .failure(.cancelled) }
                guard failure.isTransient, attempts <= retries, failure.cause != .unreachable else {
                    return .failure(.failed(failure))
                }
                last = failure
            }
        }
    }

    private static func usage(_ value: JSONValue) -> Usage? {
        var usage = value["usage"].flatMap { try? UsageReader.read($0) }
        if let cost = value["cost"]?.doubleValue, cost.isFinite, cost >= 0 {
            usage = usage ?? Usage()
            usage?.cost = cost
        }
        return usage
    }

    private func line(_ question: JudgeQuestion, _ id: String) -> [UInt8] {
        var line = JSONObject()
        line["id"] = .string(id)
        line["metric"] = .string(question.metric)
        line["prompt"] = .string(question.prompt.name)
        line["version"] = .string(question.prompt.version)
        line["vote"] = .integer(Int64(question.vote))
        line["messages"] = .array(
            question.messages.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] })
        line["schema"] = question.schema
        return JSONValue.object(line).bytes() + [0x0A]
    }

    private func read(
        _ line: [UInt8], _ value: JSONValue?, _ question: JudgeQuestion, _ usage: Usage?, _ attempts: Int,
        _ milliseconds: Double
    ) -> JudgeOutcome {
        guard let value, value.objectValue != nil else {
            return .failure(
                .unparsable(
                    "its line is no JSON object; it begins '\(Excerpt().of(line))' (logs belong on standard error)"
                ))
        }
        if let error = value["error"], !error.isNull {
            let words = error.stringValue ?? error["message"]?.stringValue ?? "no reason given"
            return .failure(
                .failed(
                    Failure(
                        cause: .status, detail: "the program answered with an error: '\(Excerpt().of(words))'"
                    )))
        }
        if let refusal = value["refusal"]?.stringValue {
            return .failure(.refused("'\(Excerpt().of(refusal))'"))
        }
        let text: String
        if let verdict = value["verdict"], verdict.objectValue != nil {
            text = String(decoding: verdict.bytes(), as: UTF8.self)
        } else if let said = value["text"]?.stringValue {
            text = said
        } else {
            return .failure(.unparsable("its line has neither 'verdict' nor 'text'"))
        }
        return VerdictReader.read(text, for: question).map { verdict in
            JudgeReply(
                verdict: verdict, reason: verdict["reason"]?.stringValue, usage: usage, attempts: attempts,
                model: value["model"]?.stringValue, milliseconds: milliseconds)
        }
    }
}
