import Domain
import Glibc
import Notation
import Synchronization

/// A metric that is a program speaking JSON lines: one line in, one line out; kept alive, timed out, restarted.
///
/// A line in is `{"id", "metric", "example", "answer"}`; a line out is `{"id", "score"}`, `{"id", "not_applicable"}` or
/// `{"id", "error"}`; the `id` is the asked one, else the answer is none. Once one has come, several are asked at a time.
/// The program runs in the policy's folder with `SLUICE_METRIC` naming the metric; logs belong on its standard error. One
/// that lets time after time pass without an answer is given up (``ScorerPatience``).
public final class CommandScorer: CustomScorer {
    public let facts: ModelFacts
    private let loop: CommandLoop
    private let timeoutSeconds: Double
    private let next = Atomic<UInt64>(0)
    private let patience: ScorerPatience
    private let notice: @Sendable (String) -> Void

    private let concurrency: Int
    private let isPassFail: Bool
    /// Further tries where the program crashed.
    private static let retries = 1
    private static let mostBytes = 1 << 20

    /// - Parameters:
    ///   - digest: Of all that shapes its scores.
    ///   - folder: Where it runs.
    ///   - notice: Told in a line that it is given up.
    /// - Throws: What keeps it from being started, before anything is.
    public init(
        _ metric: CustomMetric, arguments: [String], digest: String, folder: String,
        environment: @escaping EnvironmentLookup, allowance: TargetAllowance? = nil,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(TargetProblem) {
        try allowance?.check(metric.reach)
        let environment = allowance?.restricting(environment) ?? environment
        guard !arguments.contains(where: { $0.utf8.contains(0) }) else {
            throw TargetProblem(key: "command", cause: "an argument holds a zero byte", mend: "remove it")
        }
        let patience = ScorerPatience(metric.name)
        self.patience = patience
        var variables = ["SLUICE_METRIC=\(metric.name)"]
        for name in TargetAllowance.usualVariables {
            if let value = environment(name) { variables.append("\(name)=\(value)") }
        }
        let settings = CommandLoop.Settings(
            program: try allowance?.program(arguments), arguments: arguments, environment: variables,
            folder: folder, concurrency: metric.concurrency, maximumLineBytes: Self.mostBytes, needsIDs: true,
            onRepeat: { patience.repeated() })
        do throws(ChildProcess.Problem) { loop = try CommandLoop(settings) } catch {
            throw TargetProblem(
                key: "command", cause: "no pipe could be made: \(error.cause)", mend: "close other programs")
        }
        timeoutSeconds = metric.timeoutSeconds
        self.notice = notice
        concurrency = metric.concurrency
        isPassFail = metric.isPassFail
        facts = ModelFacts(role: metric.name, name: arguments.joined(separator: " "), digest: digest)
    }

    public func scores(of lines: [String]) async -> [CustomScore] {
        await Together.map(lines, atOnce: concurrency) { await self.score($0) }
    }

    public var problems: [String] { patience.problems }

    public func close() async { await loop.stop() }

    private func score(_ line: String) async -> CustomScore {
        var tries = 0
        while true {
            if Task.isCancelled { return .failed("the run was stopped before it answered") }
            if let why = patience.refusal() { return .unasked(why) }
            let sent = CommandLoop.now()
            let token = next.wrappingAdd(1, ordering: .relaxed).newValue
            let id = String(token)
            switch await loop.ask(id, Self.line(line, id), token: token, seconds: timeoutSeconds) {
            case .line(let line, _):
                patience.answered()
                return CustomReply.read(line, isPassFail: isPassFail)
            case .failed(let failure):
                if failure.cause == .timeout || failure.cause == .tooLarge {
                    let now = CommandLoop.now()
                    if let words = patience.failed(sent: sent, now: now) { notice(words) }
                }
                if failure.cause == .tooLarge {
                    return .failed("its answer is longer than a line may be (\(Self.mostBytes) bytes)")
                }
                guard failure.cause == .crashed, tries < Self.retries else { return .failed(failure.detail) }
                tries += 1
            }
        }
    }

    /// The question with its id before its other members.
    private static func line(_ question: String, _ id: String) -> [UInt8] {
        Array("{\"id\":\"\(id)\",".utf8) + Array(question.utf8.dropFirst()) + [0x0A]
    }
}

/// Work on many things, some at a time.
enum Together {
    /// The results in the order of the elements.
    static func map<Element: Sendable, Result: Sendable>(
        _ elements: [Element], atOnce: Int, _ body: @escaping @Sendable (Element) async -> Result
    ) async -> [Result] {
        await withTaskGroup(of: (Int, Result).self) { group in
            var next = 0
            func add() {
                guard next < elements.count else { return }
                let place = next
                next += 1
                let element = elements[place]
                group.addTask { (place, await body(element)) }
            }
            for _ in 0..<max(1, atOnce) { add() }
            var results: [Result?] = elements.map { _ in nil }
            while let (place, result) = await group.next() {
                results[place] = result
                add()
            }
            return results.compactMap { $0 }
        }
    }
}
