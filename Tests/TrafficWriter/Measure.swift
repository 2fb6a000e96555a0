import Domain
import Glibc
import HTTPServer
import Traffic

/// What recording costs an exchange of 1 KB, in processor time of the caller and of the recorder's thread.
struct Measure {
    let count: Int
    let folder: String?

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    func run() throws {
        try run("1 KB of one letter", [UInt8](repeating: 0x78, count: 1024), "text/plain")
        let words = "Your order is on its way; it comes on Tuesday, in the morning or after noon. "
        let prose = String(repeating: words, count: 14).prefix(1000)
        try run("1 KB of JSON with prose", Array(#"{"answer":"\#(prose)","n":1}"#.utf8), "application/json")
        let chat =
            #"{"id":"chatcmpl-abc","object":"chat.completion","created":1700000000,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"\#(prose.prefix(700))"},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":150,"total_tokens":162}}"#
        try run("1 KB of a chat completion", Array(chat.utf8), "application/json")
    }

    private func run(_ name: String, _ body: [UInt8], _ type: String) throws {
        var spool: SpoolSettings?
        if let folder { spool = SpoolSettings(folder: folder) }
        let recorder = try Recorder(RecorderSettings(gateway: "gw", spool: spool))
        try recorder.start()
        let stage = RecordedStage(plan: 1, name: "canary")
        let fields: HTTPFields = [
            "Server": "app", "Content-Type": type, "Cache-Control": "no-store", "X-Version": "2026.11.20-1",
        ]
        let headers: HTTPFields = [
            "Host": "127.0.0.1:8080", "Accept": "*/*", "User-Agent": "wrk/4.1", "Connection": "keep-alive",
        ]
        let head = HTTPRequestHead(method: "GET", target: "/answer", headers: headers)
        let before = (Self.seconds(CLOCK_THREAD_CPUTIME_ID), Self.seconds(CLOCK_PROCESS_CPUTIME_ID))
        for number in 0..<count {
            let facts = RequestFacts(
                head: head, identity: RequestIdentity(headers), assigned: .production,
                key: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, stage: stage)
            let exchange = recorder.begin(facts)
            let answer = exchange.answer(of: .production)
            answer.head(status: 200, fields: fields, length: body.count)
            answer.take(body)
            answer.end()
            exchange.finish(served: .production)
            // About 10 000 a second, as a loop is given them.
            if number % 64 == 63 { usleep(5000) }
        }
        let caller = Self.seconds(CLOCK_THREAD_CPUTIME_ID) - before.0
        recorder.close()
        let all = Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - before.1
        let counts = recorder.counts
        func micros(_ seconds: Double) -> Double { (seconds / Double(count) * 1e8).rounded() / 100 }
        print(
            "\(name): caller \(micros(caller)) µs, thread \(micros(all - caller)) µs, both \(micros(all)) µs;"
                + " \(counts.spooled) spooled, \(counts.lost) lost")
    }
}
