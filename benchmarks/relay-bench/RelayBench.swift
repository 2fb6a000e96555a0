import Glibc
import HTTPServer

/// A plain relay, an origin for it and a load, so that what relaying costs can be held against other proxies.
///
/// `relay-bench origin [PORT]` answers each request with 1 KB; `relay-bench stream TOKENS MILLISECONDS [PORT]` with
/// so many server-sent events, one each so many milliseconds. `relay-bench relay ORIGIN [PORT] [LOOPS]` passes
/// everything on to an origin, for example `http://127.0.0.1:8081`. These say where they listen, and run until
/// they are ended. `relay-bench load URL [rate=2000] [seconds=5] [connections=64] [post=BYTES | bodies=FILE] [users=N]
/// [path=/]` asks by a timetable and prints latencies as one line of JSON.
@main
struct RelayBench {
    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch words.first {
        case "origin":
            let body = [UInt8](repeating: UInt8(ascii: "x"), count: 1024)
            let server = try HTTPServer(port: number(words, 1) ?? 0) { _, response in
                try await response.send(headers: ["Content-Type": "text/plain"], body: body)
            }
            try await run(server)
        case "stream":
            guard let tokens = number(words, 1), let pause = number(words, 2) else { return usage() }
            let server = try HTTPServer(port: number(words, 3) ?? 0) { _, response in
                let writer = try await response.start(headers: ["Content-Type": "text/event-stream"])
                for index in 0..<tokens {
                    try await writer.write("data: {\"token\": \(index)}\n\n")
                    try await EventLoop.sleep(for: .milliseconds(pause))
                }
                try await writer.finish()
            }
            try await run(server)
        case "relay":
            guard words.count > 1, let origin = UpstreamOrigin(words[1]) else { return usage() }
            let upstream = try Upstream(origin)
            let server = try HTTPServer(
                port: number(words, 2) ?? 0, loops: number(words, 3) ?? 1,
                streaming: {
                    (head: HTTPRequestHead, body: RequestBody, writer: consuming ResponseWriter) in
                    try await relay(head, body, writer, to: upstream)
                })
            try await run(server)
        case "load":
            guard words.count > 1, let origin = UpstreamOrigin(words[1]) else { return usage() }
            guard let load = OpenLoop(Array(words.dropFirst(2))) else { return usage() }
            var options = UpstreamOptions()
            options.idleConnections = load.connections
            options.connections = load.connections
            print(try await load.run(try Upstream(origin, options: options)))
        default: usage()
        }
    }

    private static func relay(
        _ head: HTTPRequestHead, _ body: RequestBody, _ writer: consuming ResponseWriter,
        to upstream: Upstream
    ) async throws {
        var request = UpstreamRequest(head)
        request.upgrade = head.upgrade
        let response: UpstreamResponse
        do {
            response = try await upstream.send(request, body: try .relay(body))
        } catch let error as UpstreamError {
            return try await writer.send(error.status, text: "\(error)\n")
        }
        if response.isUpgrade { return try await writer.tunnel(response) }
        try await writer.relay(response)
    }

    private static func number(_ words: [String], _ index: Int) -> Int? {
        words.count > index ? Int(words[index]) : nil
    }

    private static func run(_ server: HTTPServer) async throws {
        print("listening on http://127.0.0.1:\(try server.start())")
        fflush(nil)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    private static func usage() {
        print(
            "usage: relay-bench origin [PORT] | stream TOKENS MILLISECONDS [PORT] | relay ORIGIN [PORT] [LOOPS]"
        )
        print(
            "       | load URL [rate=N] [seconds=N] [connections=N] [post=BYTES | bodies=FILE] [users=N] [path=PATH]"
        )
    }
}
