import Foundation
import HTTPClient
import HTTPServer
import Synchronization
import Testing

/// `sluice gateway` between clients and arms that speak TLS.
@Suite struct GatewayTLSTests {
    /// Certificates of a test's own, made by the `openssl` command.
    private struct Certificates {
        let place: Workplace

        init(_ place: Workplace) throws {
            self.place = place
            try run(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test-ca "
                    + "-keyout ca.key -out ca.pem")
            try renew(serial: 1)
        }

        func renew(serial: Int) throws {
            try run(
                "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=server -keyout server.key "
                    + "-out server.csr")
            try place.write("names", "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
            try run(
                "x509 -req -days 2 -set_serial \(serial) -in server.csr -CA ca.pem -CAkey ca.key -extfile names "
                    + "-out server.pem")
        }

        private func run(_ words: String) throws {
            let (status, text) = try openssl(words, input: "")
            guard status == 0 else { throw Failure(reason: text) }
        }

        struct Failure: Error { let reason: String }

        func openssl(_ words: String, input: String) throws -> (status: Int32, output: String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["timeout", "10", "openssl"] + words.split(separator: " ").map(String.init)
            process.currentDirectoryURL = URL(fileURLWithPath: place.folder)
            let (standardInput, output) = (Pipe(), Pipe())
            process.standardInput = standardInput
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            standardInput.fileHandleForWriting.write(Data(input.utf8))
            try standardInput.fileHandleForWriting.close()
            let said = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: said, as: UTF8.self))
        }

        /// The serial number of the certificate that a server shows to a new connection.
        func serial(_ port: String) throws -> String {
            let shown = try openssl("s_client -connect 127.0.0.1:\(port) -CAfile ca.pem", input: "").output
            return try openssl("x509 -noout -serial", input: shown).output
        }
    }

    @Test func bothSidesSpeakTLSAndACertificateIsRenewedUnderOpenConnections() async throws {
        let place = try Workplace()
        let certificates = try Certificates(place)
        // An arm with the first certificate, whose answer ends when it may.
        let identity = try ServerIdentity(
            certificate: place.path("server.pem"), key: place.path("server.key"))
        let release = Release()
        let arm = try HTTPServer(identity: identity) { request, response in
            let body = try await response.start(200, headers: ["Content-Type": "text/plain"])
            try await body.write("first,")
            while request.path == "/wait", !release.isGiven {
                try await EventLoop.sleep(for: .milliseconds(10))
            }
            try await body.write("last")
            try await body.finish()
        }
        let port = try arm.start()
        try place.write(
            "plan.yaml",
            """
            plan: 1
            production: { url: "https://127.0.0.1:\(port)", authorities: ca.pem, server_name: localhost }
            """)
        let gateway = try await GatewayWatchTests.Running(
            place,
            ["--plan", "plan.yaml", "--certificate", "server.pem", "--key", "server.key"])
        #expect(gateway.url.hasPrefix("https://127.0.0.1:"), "\(gateway.url)")
        let gatewayPort = try #require(gateway.url.split(separator: ":").last.map(String.init))
        var configuration = HTTPClient.Configuration()
        configuration.certificateAuthorities = place.path("ca.pem")
        let client = HTTPClient(configuration: configuration)
        let url = gateway.url
        @Sendable func get(_ path: String) async throws -> String {
            let response = try await client.send(HTTPClientRequest(method: "GET", url: url + path))
            return "\(response.status) \(String(decoding: response.body, as: UTF8.self))"
        }
        #expect(try await get("/") == "200 first,last")
        #expect(try certificates.serial(gatewayPort) == "serial=01\n")

        async let held = get("/wait")
        try await Task.sleep(for: .milliseconds(100))
        try certificates.renew(serial: 2)
        gateway.child.signal(SIGHUP)
        var serial = ""
        for _ in 0..<100 where serial != "serial=02\n" {
            serial = try certificates.serial(gatewayPort)
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(serial == "serial=02\n")
        release.give()
        #expect(try await held == "200 first,last")

        // A certificate that cannot be used is said, and replaces none.
        try place.write("server.pem", "none")
        gateway.child.signal(SIGHUP)
        #expect(
            try await gateway.child.waits { gateway.child.err.contains("the certificate stays as it was") })
        #expect(try certificates.serial(gatewayPort) == "serial=02\n")
        #expect(try await get("/") == "200 first,last")

        // An arm that shows a certificate of another authority is not spoken to.
        try place.write("plan.yaml", "plan: 2\nproduction: { url: \"https://127.0.0.1:\(port)\" }\n")
        #expect(try await gateway.child.waits { gateway.child.err.contains("plan 2 holds") })
        #expect(try await get("/").hasPrefix("502 "))
        #expect(await gateway.end().status == 0)
        await arm.stop(within: .milliseconds(10))
    }

    private final class Release: Sendable {
        private let given = Mutex(false)
        var isGiven: Bool { given.withLock { $0 } }
        func give() { given.withLock { $0 = true } }
    }
}
