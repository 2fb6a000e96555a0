import Foundation
import Glibc
import HTTPServer
import Synchronization
import Testing

/// Certificates of a test's own, made by the `openssl` command in a folder that goes with the test.
final class Certificates: Sendable {
    let folder: String

    /// - Parameter names: What the server's certificate is for, as `DNS:name` or `IP:address`.
    init(names: String = "DNS:localhost,IP:127.0.0.1") throws {
        folder = NSTemporaryDirectory() + "sluice-tls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test-ca",
            "-keyout", path("ca.key"), "-out", path("ca.pem"))
        try renew(names: names, serial: 1)
    }

    /// A new certificate and key in the place of the old.
    func renew(names: String = "DNS:localhost,IP:127.0.0.1", serial: Int) throws {
        try run(
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=server",
            "-keyout", path("server.key"), "-out", path("server.csr"))
        try Data("subjectAltName=\(names)\n".utf8).write(to: URL(fileURLWithPath: path("names")))
        try run(
            "x509 -req -days 2 -set_serial \(serial)", "-in", path("server.csr"), "-CA", path("ca.pem"),
            "-CAkey", path("ca.key"), "-extfile", path("names"), "-out", path("server.pem"))
    }

    var authorities: String { path("ca.pem") }

    func identity() throws -> ServerIdentity {
        try ServerIdentity(certificate: path("server.pem"), key: path("server.key"))
    }

    func path(_ name: String) -> String { folder + "/" + name }

    private func run(_ words: String, _ more: String...) throws {
        let (status, _, errors) = try openssl(words.split(separator: " ").map(String.init) + more, input: "")
        guard status == 0 else { throw Failure(reason: errors) }
    }

    struct Failure: Error { let reason: String }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

/// Runs the `openssl` command, killed after five seconds.
func openssl(_ arguments: [String], input: String) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "5", "openssl"] + arguments
    let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    standardInput.fileHandleForWriting.write(Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complained = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
        process.terminationStatus, String(decoding: said, as: UTF8.self),
        String(decoding: complained, as: UTF8.self)
    )
}

@Suite struct TLSTests {
    private let get = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    /// What `openssl s_client` hears from a server.
    private func ask(
        _ port: Int, _ arguments: String..., request: String
    ) async throws -> (Int32, String, String) {
        try await onThread {
            try openssl(
                ["s_client", "-connect", "127.0.0.1:\(port)", "-ign_eof"] + arguments, input: request)
        }
    }

    @Test func aServerSpeaksTLS() async throws {
        let certificates = try Certificates()
        try await withStreaming(identity: try certificates.identity()) { _, body, response in
            try await response.send(body: try await body.collect(upTo: 1_000_000))
        } _: { reach in
            let long = String(repeating: "x", count: 200_000)
            let (status, text, _) = try await ask(
                reach.port, "-quiet", "-CAfile", certificates.authorities, "-verify_return_error",
                "-servername", "localhost",
                request:
                    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n\(long)"
            )
            #expect(status == 0)
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(text.hasSuffix("\r\n\r\n" + long))
        }
    }

    /// TLS 1.2 is the least; `http/1.1` is agreed on, and a client of HTTP/2 alone is turned away.
    @Test func whatIsSpokenIsBounded() async throws {
        let certificates = try Certificates()
        try await withStreaming(identity: try certificates.identity()) { _, _, response in
            try await response.send(text: "hello")
        } _: { reach in
            for version in ["-tls1_2", "-tls1_3"] {
                let (status, text, _) = try await ask(
                    reach.port, version, "-alpn", "h2,http/1.1", request: get)
                #expect(status == 0)
                #expect(text.contains("ALPN protocol: http/1.1"))
                #expect(text.contains("hello"))
            }
            let old = try await ask(
                reach.port, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", request: get)
            #expect(old.0 != 0)
            let two = try await ask(reach.port, "-alpn", "h2", request: get)
            #expect(two.0 != 0)
            #expect(!(old.1 + two.1).contains("hello"))
            // Plain text is not taken for a handshake.
            let plain = try? await exchange(reach.port, get)
            #expect(plain?.contains("hello") != true)
        }
    }

    /// A certificate is read anew under open connections.
    @Test func certificatesAreReloaded() async throws {
        let certificates = try Certificates()
        let identity = try certificates.identity()
        let gate = Gate()
        try await withStreaming(identity: identity) { head, _, response in
            let body = try await response.start()
            try await body.write("first,")
            if head.path == "/wait" {
                gate.open(to: 1)
                try await gate.wait(for: 2)
            }
            try await body.write("second")
            try await body.finish()
        } _: { reach in
            func serial() async throws -> String {
                let (_, text, _) = try await ask(reach.port, "-showcerts", request: get)
                let pem = text.components(separatedBy: "-----BEGIN CERTIFICATE-----").dropFirst().first ?? ""
                return try openssl(
                    ["x509", "-noout", "-serial"], input: "-----BEGIN CERTIFICATE-----" + pem
                ).output
            }
            #expect(try await serial() == "serial=01\n")
            async let held = ask(
                reach.port, "-quiet",
                request: get.replacingOccurrences(of: "/ HTTP", with: "/wait HTTP"))
            try await gate.wait(for: 1)
            try certificates.renew(serial: 2)
            try identity.reload()
            #expect(try await serial() == "serial=02\n")
            // What cannot be used does not replace what can.
            try Data("none".utf8).write(to: URL(fileURLWithPath: certificates.path("server.pem")))
            #expect(throws: HTTPServerError.self) { try identity.reload() }
            #expect(try await serial() == "serial=02\n")
            gate.open(to: 2)
            let text = try await held.1
            #expect(text.contains("first,") && text.contains("second"))
        }
    }

    @Test func whatCannotBeReadIsAnError() throws {
        let certificates = try Certificates()
        let other = try Certificates()
        #expect(throws: HTTPServerError.self) {
            try ServerIdentity(certificate: "/none", key: certificates.path("server.key"))
        }
        #expect(throws: HTTPServerError.self) {
            try ServerIdentity(certificate: certificates.path("server.pem"), key: other.path("server.key"))
        }
        #expect(throws: HTTPServerError.self) {
            try Upstream(UpstreamOrigin(host: "x", port: 1, security: .init(authorities: "/none")))
        }
    }

    /// A relay between two TLS connections; the second request finds the first one's connection.
    @Test func anUpstreamIsReachedByTLS() async throws {
        let certificates = try Certificates()
        let served = Atomic<Int>(0)
        let long = [UInt8](repeating: 120, count: 300_000)
        try await withStreaming(identity: try certificates.identity()) { head, body, response in
            served.add(1, ordering: .relaxed)
            if head.path == "/long" { return try await response.send(body: long) }
            let writer = try await response.start()
            while let piece = try await body.next() { try await writer.write(piece) }
            try await writer.finish()
        } _: { origin in
            let security = UpstreamOrigin.Security(
                authorities: certificates.authorities, serverName: "localhost")
            let upstream = try Upstream(
                UpstreamOrigin(host: "127.0.0.1", port: origin.port, security: security))
            let log = RelayLog()
            try await withStreaming(handler: relay(to: upstream, log)) { reach in
                let answer = try await reach.exchange(
                    "GET /long HTTP/1.1\r\nHost: x\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Content-Length: 5\r\n\r\nhello")
                #expect(answer.utf8.count > 300_000)
                #expect(answer.hasSuffix("5\r\nhello\r\n0\r\n\r\n"))
                #expect(log.failures == [])
                #expect(log.timings.map(\.isReused) == [false, true])
            }
        }
        #expect(served.load(ordering: .relaxed) == 2)
    }

    /// Both ways at once, with a reader so slow that every session on the way has to wait, for either reason.
    @Test func largeBodiesPassSlowly() async throws {
        let certificates = try Certificates()
        let size = 6_000_000
        let data = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        try await withStreaming(identity: try certificates.identity()) { _, body, response in
            let writer = try await response.start(length: body.length)
            while let piece = try await body.next() { try await writer.write(piece) }
            try await writer.finish()
        } _: { origin in
            let security = UpstreamOrigin.Security(authorities: certificates.authorities)
            let upstream = try Upstream(
                UpstreamOrigin(host: "127.0.0.1", port: origin.port, security: security))
            let log = RelayLog()
            try await withStreaming(handler: relay(to: upstream, log)) { reach in
                let answer = try await onThread {
                    let client = try RawClient(port: reach.port, receiveBuffer: 16_384)
                    Thread.detachNewThread {
                        let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        try? client.send(Array((head + "Content-Length: \(size)\r\n\r\n").utf8) + data)
                    }
                    var all: [UInt8] = []
                    while true {
                        let part = try client.receive()
                        if part.isEmpty { return all }
                        all += part
                        if all.count < 200_000 { usleep(2000) }
                    }
                }
                #expect(answer.suffix(size).elementsEqual(data))
                #expect(log.failures == [])
            }
        }
    }

    /// A body that only the connection's end bounds is whole where TLS says so, and cut where it does not.
    @Test(arguments: [true, false]) func anEndWithoutWordIsNoEnd(isSaid: Bool) async throws {
        let certificates = try Certificates()
        let (process, input, port) = try await strangeServer(certificates)
        defer { if process.isRunning { process.terminate() } }
        let security = UpstreamOrigin.Security(authorities: certificates.authorities)
        let upstream = try Upstream(UpstreamOrigin(host: "127.0.0.1", port: port, security: security))
        let log = RelayLog()
        try await withStreaming(handler: relay(to: upstream, log)) { reach in
            input.fileHandleForWriting.write(Data("HTTP/1.1 200 OK\r\n\r\nhello".utf8))
            let client = try await onThread {
                let client = try reach.client()
                try client.send(get)
                _ = try client.receive(until: "5\r\nhello\r\n")
                return client
            }
            if isSaid {
                try input.fileHandleForWriting.close()
            } else {
                kill(process.processIdentifier, SIGKILL)
            }
            let text = try await onThread { try client.receiveAll() }
            #expect(text == (isSaid ? "0\r\n\r\n" : ""))
            #expect(log.failures.isEmpty == isSaid)
        }
    }

    /// OpenSSL's own server, which says what its standard input says; a port that somebody else took is tried anew.
    private func strangeServer(_ certificates: Certificates) async throws -> (Process, Pipe, Int) {
        for _ in 0..<8 {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            let port = try closedPort()
            process.arguments = [
                "openssl", "s_server", "-quiet", "-accept", "127.0.0.1:\(port)", "-naccept", "1",
                "-cert", certificates.path("server.pem"), "-key", certificates.path("server.key"),
            ]
            let input = Pipe()
            process.standardInput = input
            process.standardOutput = Pipe()
            process.standardError = Pipe()
            try process.run()
            do {
                try await eventually { !process.isRunning || isListening(port) }
                if process.isRunning { return (process, input, port) }
            } catch {
                process.terminate()
            }
        }
        throw Late()
    }

    private func isListening(_ port: Int) -> Bool {
        // Read to its end by hand: it has no size, comes in short pieces, and Foundation stops at the first.
        var table = ""
        guard let file = fopen("/proc/net/tcp", "r") else { return false }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let line { table += String(cString: line) }
        let place = "0100007F:" + String(format: "%04X", port)
        return table.split(separator: "\n").contains { $0.contains("\(place) 00000000:0000 0A") }
    }

    /// By its name, or by its address where there is none.
    @Test func addressesAreHeldAgainstTheCertificate() async throws {
        let certificates = try Certificates()
        try await withStreaming(identity: try certificates.identity()) { _, _, response in
            try await response.send(text: "hello")
        } _: { origin in
            for (name, isGood) in [
                (nil, true), ("localhost", true), ("other.example", false), ("127.0.0.2", false),
            ]
                as [(String?, Bool)]
            {
                let security = UpstreamOrigin.Security(
                    authorities: certificates.authorities, serverName: name)
                let upstream = try Upstream(
                    UpstreamOrigin(host: "127.0.0.1", port: origin.port, security: security))
                let log = RelayLog()
                try await withStreaming(handler: relay(to: upstream, log)) { reach in
                    let answer = try await reach.exchange(get)
                    #expect(status(answer) == (isGood ? 200 : 502), "\(name ?? "address")")
                    guard !isGood else { return }
                    guard case .insecure(let reason) = log.failures.first?.cause else {
                        Issue.record("\(log.failures)")
                        return
                    }
                    #expect(reason.contains("mismatch"))
                    #expect(log.failures.first?.mayHaveArrived == false)
                }
            }
        }
    }

    @Test func anAuthorityThatNobodyKnowsIsNotBelieved() async throws {
        let certificates = try Certificates()
        let other = try Certificates()
        try await withStreaming(identity: try certificates.identity()) { _, _, response in
            try await response.send(text: "hello")
        } _: { origin in
            for authorities in [other.authorities, nil] {
                let security = UpstreamOrigin.Security(authorities: authorities, serverName: "localhost")
                let upstream = try Upstream(
                    UpstreamOrigin(host: "127.0.0.1", port: origin.port, security: security))
                let log = RelayLog()
                try await withStreaming(handler: relay(to: upstream, log)) { reach in
                    let answer = try await reach.exchange(get)
                    #expect(status(answer) == 502)
                }
                guard case .insecure = log.failures.first?.cause else {
                    Issue.record("\(log.failures)")
                    continue
                }
            }
        }
    }

    /// An upstream that says nothing, or something else, where a handshake is due.
    @Test func aHandshakeThatDoesNotEndTimesOut() async throws {
        let origin = try ScriptedOrigin { peer, number in
            if number > 1 { try peer.send("HTTP/1.1 200 OK\r\n\r\n") }
            _ = try? peer.receiveAll()
        }
        var options = UpstreamOptions()
        options.connect = .milliseconds(80)
        let upstream = try Upstream(
            UpstreamOrigin(host: "127.0.0.1", port: origin.port, security: .init()), options: options)
        let log = RelayLog()
        try await withStreaming(handler: relay(to: upstream, log)) { reach in
            let silent = try await reach.exchange(get)
            #expect(status(silent) == 504)
            let other = try await reach.exchange(get)
            #expect(status(other) == 502)
        }
        #expect(log.failures.map(\.phase) == [.connecting, .connecting])
    }
}
