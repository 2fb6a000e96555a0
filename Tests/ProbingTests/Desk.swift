import Domain
import Notation
import Probing
import Synchronization

@testable import Deployment

/// A system in memory: things are made by POST, read by GET, removed by DELETE, searched by `?q=`.
final class Desk: WebCaller {
    struct State {
        var things: [Int: String] = [:]
        var next = 1
        var asked: [WebRequest] = []
    }

    typealias Trouble = @Sendable (WebRequest, _ number: Int) -> WebResult?

    private let state = Mutex(State())
    /// What a request comes to instead; asked before the system does anything.
    private let before: Trouble
    /// The same, after it did.
    private let after: Trouble

    init(before: @escaping Trouble = { _, _ in nil }, after: @escaping Trouble = { _, _ in nil }) {
        self.before = before
        self.after = after
    }

    var things: [String] { state.withLock { $0.things.values.sorted() } }
    var asked: [WebRequest] { state.withLock { $0.asked } }
    var calls: [String] { asked.map { $0.method + " " + $0.url.dropFirst("http://desk".count) } }

    func call(_ request: WebRequest) async -> WebResult {
        let number = state.withLock { state in
            state.asked.append(request)
            return state.asked.count
        }
        if let trouble = before(request, number) { return trouble }
        let result = serve(request)
        return after(request, number) ?? result
    }

    private func serve(_ request: WebRequest) -> WebResult {
        let path = request.url.dropFirst("http://desk".count)
        return state.withLock { state in
            switch request.method {
            case "POST":
                let name = (try? JSONValue.parse(request.body ?? []))?["name"]?.stringValue ?? "?"
                let id = state.next
                state.next += 1
                state.things[id] = name
                return Self.reply(201, ["id": .integer(Int64(id)), "name": .string(name)])
            case "DELETE":
                guard let id = Int(path.dropFirst("/things/".count)),
                    state.things.removeValue(forKey: id) != nil
                else { return Self.reply(404, ["error": "none"]) }
                return Self.reply(204, nil)
            default:
                if path.hasPrefix("/things?q=") {
                    let text = path.dropFirst("/things?q=".count).replacing("%20", with: " ")
                    let found = state.things.filter { $0.value.contains(text) }.keys.sorted()
                    return Self.reply(200, ["things": .array(found.map { ["id": .integer(Int64($0))] })])
                }
                guard let id = Int(path.dropFirst("/things/".count)), let name = state.things[id] else {
                    return Self.reply(404, ["error": "none"])
                }
                return Self.reply(200, ["id": .integer(Int64(id)), "name": .string(name)])
            }
        }
    }

    static func reply(_ status: Int, _ body: JSONValue?) -> WebResult {
        .answered(
            WebAnswer(
                status: status, headers: [WebField("Content-Type", "application/json")],
                body: body?.bytes() ?? [], latencyMilliseconds: 1))
    }

    static func failure(_ cause: Failure.Cause, mayHaveActed: Bool) -> WebResult {
        .failed(Failure(cause: cause, detail: "it \(cause.rawValue)"), mayHaveActed: mayHaveActed)
    }
}

/// A clock that runs when somebody sleeps.
final class TestClock: Sendable {
    private let time = Mutex(0.0)
    /// Called at each sleep, before it.
    private let tick: @Sendable () -> Void

    init(tick: @escaping @Sendable () -> Void = {}) { self.tick = tick }

    var clock: ProbeClock {
        ProbeClock(
            now: { self.time.withLock { $0 } },
            sleep: { seconds in
                self.tick()
                self.time.withLock { $0 += seconds }
                await Task.yield()
                return !Task.isCancelled
            })
    }
}

/// A journal in memory; what the process would have left is in `lines`.
final class MemoryLog: JourneyLog {
    private let state = Mutex((lines: [[UInt8]](), isDone: Bool?.none))
    private let fails: @Sendable (Int) -> Bool

    init(fails: @escaping @Sendable (Int) -> Bool = { _ in false }) { self.fails = fails }

    var lines: [[UInt8]] { state.withLock { $0.lines } }
    var isDone: Bool? { state.withLock { $0.isDone } }
    var text: String { lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n") }

    func append(_ line: [UInt8]) throws(StoreError) {
        let number = state.withLock { state in
            state.lines.append(line)
            return state.lines.count
        }
        if fails(number) { throw StoreError(.full, "the disk is full") }
    }

    func close(isDone: Bool) { state.withLock { $0.isDone = isDone } }
}
