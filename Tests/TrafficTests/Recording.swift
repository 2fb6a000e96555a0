import Domain
import HTTPServer
import Synchronization
import Testing
import Traffic

/// A recorder into a folder of its own, and what it tells.
final class Recording: Sendable {
    let folder: Folder
    let recorder: Recorder
    let outcomes = Mutex<[LiveOutcome]>([])
    let seconds = Mutex<[LiveSecond]>([])
    let notices = Mutex<[String]>([])
    let stage = RecordedStage(plan: 3, name: "canary")

    init(
        folder: Folder? = nil, spool change: (inout SpoolSettings) -> Void = { _ in },
        settings: (inout RecorderSettings) -> Void = { _ in },
        rules: (inout CaptureRules) throws -> Void = { _ in }
    ) throws {
        let folder = try folder ?? Folder()
        self.folder = folder
        var spool = SpoolSettings(folder: folder.path)
        change(&spool)
        var made = RecorderSettings(gateway: "gw-a", spool: spool)
        try rules(&made.rules)
        settings(&made)
        let box = Box()
        made.onOutcome = { outcome in box.recording.withLock { $0 }?.outcomes.withLock { $0.append(outcome) }
        }
        made.onSecond = { second in box.recording.withLock { $0 }?.seconds.withLock { $0.append(second) } }
        made.onNotice = { notice in box.recording.withLock { $0 }?.notices.withLock { $0.append(notice) } }
        recorder = try Recorder(made)
        box.recording.withLock { $0 = self }
        try recorder.start()
    }

    private final class Box: Sendable {
        let recording = Mutex<Recording?>(nil)
    }

    func begin(
        _ target: String = "/ask", method: String = "POST", headers: HTTPFields = [:],
        assigned: LiveArm = .production,
        key: UInt64? = nil, slices: [LiveField] = [], stage: RecordedStage? = nil
    ) -> RecordedExchange {
        let head = HTTPRequestHead(method: method, target: target, headers: headers)
        return recorder.begin(
            RequestFacts(
                head: head, identity: RequestIdentity(headers), assigned: assigned, key: key,
                stage: stage ?? self.stage, slices: slices))
    }

    /// One whole exchange, served by production.
    @discardableResult
    func exchange(
        id: String? = nil, target: String = "/ask", status: Int = 200, type: String = "application/json",
        body: String = #"{"answer":"yes"}"#, key: UInt64? = nil, slices: [LiveField] = []
    ) -> String {
        var headers = HTTPFields()
        if let id { headers.append("X-Request-ID", id) }
        let exchange = begin(target, headers: headers, key: key, slices: slices)
        let answer = exchange.answer(of: .production)
        answer.head(status: status, fields: ["Content-Type": type])
        answer.take(Array(body.utf8))
        answer.end()
        exchange.finish(served: .production)
        return exchange.id
    }

    /// Closes the recorder and reads what it kept.
    func close() throws -> [Exchange] {
        recorder.close()
        var read: [Exchange] = []
        var problems: [TrafficReader.Problem] = []
        _ = try TrafficReader([folder.path]).read(each: { read.append($0) }, problem: { problems.append($0) })
        #expect(problems.isEmpty)
        return read
    }
}
