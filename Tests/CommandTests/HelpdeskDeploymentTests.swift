import Foundation
import Testing

/// The worked examples of `sluice contract` and `sluice journey`, on the app that they are about.
@Suite struct HelpdeskDeploymentTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// A release on a free port, and its address without a path.
    private func start(_ version: String) async throws -> (app: Child, url: String) {
        let app = try Child(Program.helpdesk, ["--port", "0", "--version-of", version], in: Self.root)
        func address() -> String? {
            app.out.split(separator: "\n").first { $0.hasPrefix("listening on ") }.map {
                String($0.dropFirst("listening on ".count))
            }
        }
        let listens = try await app.waits { address() != nil }
        try #require(listens, "\(app.out) \(app.err)")
        return (app, try #require(address()))
    }

    private func run(_ words: [String], environment: [String: String] = [:]) async throws -> Outcome {
        try await Child(Program.sluice, words, in: Self.root, environment: environment).outcome()
    }

    @Test func theExamplesRun() async throws {
        let place = try Workplace()
        let policy = ["--policy", "examples/helpdesk/sluice.yaml"]
        let (good, url) = try await start("v1")
        let (bad, badURL) = try await start("broken-format")
        defer {
            good.signal(SIGTERM)
            bad.signal(SIGTERM)
        }
        let ship = try await run(["contract"] + policy + ["--url", url + "/v1/answer"])
        #expect(ship.status == 0, "\(ship)")
        let block = try await run(["contract"] + policy + ["--url", badURL + "/v1/answer"])
        #expect(block.status == 1, "\(block)")
        #expect(block.out.contains("✗ the body is valid by schemas/answer.json"), "\(block)")
        #expect(block.out.contains("at /citations"), "\(block)")
        let journey = try await run(
            ["journey"] + policy + ["--store", place.folder], environment: ["DESK_URL": url])
        #expect(journey.status == 0, "\(journey)")
        #expect(place.files() == [])
    }
}
