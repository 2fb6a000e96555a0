import Domain
import Glibc
import HTTPServer
import Synchronization
import Traffic

/// A process that tests start, and kill: it records traffic and says on its standard output what was acknowledged.
///
///     traffic-writer load FOLDER              records without end; says `spooled N` and `feedback ID` as they are kept
///     traffic-writer full FOLDER BYTES        meets a limit on the size of files, which is lifted after a while
///     traffic-writer measure COUNT [FOLDER]   prints what an exchange costs (build it for release)
@main
struct TrafficWriter {
    static func main() async {
        let words = CommandLine.arguments
        do {
            switch words.count > 1 ? words[1] : "" {
            case "load" where words.count == 3: try await load(words[2])
            case "full" where words.count == 4: try await full(words[2], rlim_t(words[3]) ?? 0)
            case "measure" where words.count >= 3:
                try Measure(count: Int(words[2]) ?? 1, folder: words.count > 3 ? words[3] : nil).run()
            default:
                say("usage: traffic-writer load FOLDER | full FOLDER BYTES | measure COUNT [FOLDER]")
                exit(64)
            }
        } catch {
            say("problem \(error)")
            exit(70)
        }
    }

    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    /// Ids that no other process of a test has.
    private static func name(_ number: Int) -> String { "e-\(getpid())-\(number)" }

    private static func record(_ number: Int, _ recorder: Recorder, _ stage: RecordedStage) {
        let head = HTTPRequestHead(
            method: "POST", target: "/ask?n=\(number)",
            headers: ["X-Request-ID": name(number), "Content-Type": "application/json", "Accept": "*/*"],
            hasBody: true)
        let facts = RequestFacts(
            head: head, identity: RequestIdentity(head.headers), assigned: .production,
            key: UInt64(number % 100), stage: stage)
        let exchange = recorder.begin(facts)
        exchange.takeRequestBody(Array(#"{"question":"number \#(number)"}"#.utf8))
        let answer = exchange.answer(of: .production)
        answer.head(status: 200, fields: ["Content-Type": "application/json"])
        answer.take(Array(#"{"answer":"\#(String(repeating: "a", count: number % 3000))"}"#.utf8))
        answer.end()
        exchange.finish(served: .production)
    }

    private static func load(_ folder: String) async throws {
        var spool = SpoolSettings(folder: folder)
        spool.segmentBytes = 200_000
        var settings = RecorderSettings(gateway: "gw", spool: spool)
        settings.onNotice = { say("notice \($0)") }
        let recorder = try Recorder(settings)
        try recorder.start()
        let stage = RecordedStage(plan: 1, name: "canary")
        say("started")
        var number = 0
        while true {
            for _ in 0..<50 {
                record(number, recorder, stage)
                number += 1
            }
            if case .kept = await recorder.record(
                Feedback(request: name(number - 1), received: number, thumb: .up))
            {
                say("feedback \(name(number - 1))")
            }
            say("spooled \(recorder.counts.spooled)")
        }
    }

    private static func full(_ folder: String, _ bytes: rlim_t) async throws {
        var settings = RecorderSettings(gateway: "gw", spool: SpoolSettings(folder: folder))
        settings.onNotice = { say("notice \($0)") }
        let recorder = try Recorder(settings)
        try recorder.start()
        let stage = RecordedStage(plan: 1, name: "canary")
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(1), &limit)
        limit.rlim_cur = bytes
        setrlimit(__rlimit_resource_t(1), &limit)
        for number in 0..<200 {
            if number == 100 {
                // Not even the head of a segment has room.
                limit.rlim_cur = 10
                setrlimit(__rlimit_resource_t(1), &limit)
            }
            record(number, recorder, stage)
            usleep(1000)
        }
        usleep(50_000)
        let receipt = await recorder.record(Feedback(request: "e-1", received: 1, thumb: .up))
        say(
            "full spooling \(recorder.counts.isSpooling) unwritten \(recorder.counts.unwritten > 0) feedback \(receipt == .kept)"
        )
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(1), &limit)
        usleep(700_000)
        for number in 200..<400 { record(number, recorder, stage) }
        usleep(200_000)
        let again = await recorder.record(Feedback(request: "e-1", received: 2, thumb: .up))
        say("free spooling \(recorder.counts.isSpooling) feedback \(again == .kept)")
        recorder.close()
        let counts = recorder.counts
        say("counts \(counts.exchanges) \(counts.spooled) \(counts.unwritten) \(counts.lost)")
    }
}
