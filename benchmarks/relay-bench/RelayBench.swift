import Glibc
import HTTPServer

/// A plain relay and an origin for it, so that what relaying costs can be held against other proxies.
///
/// `relay-bench origin [PORT]` answers each request with 1 KB. `relay-bench relay ORIGIN [PORT] [LOOPS]` passes
/// everything on to an origin, for example `http://127.0.0.1:8081`. Both say where they listen, and run until
/// they are ended.
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
        print("usage: relay-bench origin [PORT] | relay-bench relay ORIGIN [PORT] [LOOPS]")
    }
}
