import Foundation
import Testing

/// A git repository in a workplace: a reviewed `main` with a policy, and a branch `change` that is checked out.
struct Repository {
    let place: Workplace
    let app: TestApp
    /// A host that nobody reviewed.
    let evil: TestApp

    static let secret = "s3cr3t-Trust-value"
    static let environment = ["APP_KEY": secret, "AWS_SECRET": secret]

    /// - Parameter more: Lines of the reviewed policy behind its gates.
    init(
        gates: [String] = ["exact_match >= 0.90", "{ rule: error_rate <= 1%, owner: search team }"],
        more: String = "",
        reply: @escaping @Sendable (TestApp.Question) -> TestApp.Reply = { TestApp.right($0) }
    ) throws {
        place = try Workplace()
        app = try TestApp(reply)
        evil = try TestApp { TestApp.right($0) }
        try git("init", "-q", "-b", "main")
        try place.write(".gitignore", ".sluice/\n*.md\n*.html\n*.xml\n")
        var rows = ""
        for number in 0..<40 {
            rows +=
                #"{"query_id": "E-\#(number)", "query": "question \#(number)", "reference_response": "answer \#(number)", "queue": "\#(number % 2 == 0 ? "even" : "odd")"}"#
                + "\n"
        }
        try place.write("golden/questions.jsonl", rows)
        try place.write("schemas/answer.json", #"{"type": "object", "required": ["answer"]}"# + "\n")
        try place.write("sluice.yaml", policy(gates: gates, more: more))
        try commit("the reviewed policy")
        try git("checkout", "-q", "-b", "change")
    }

    private func policy(gates: [String], more: String) -> String {
        """
        version: 1
        project: test
        app:
          candidate: \(app.url)
          request: { query: "${input.query}" }
          headers: { Authorization: "Bearer ${env:APP_KEY}" }
          observe: { text: /answer, versions: /versions }
          limits: { concurrency: 4, timeout: 5s, retries: 0 }
        dataset: golden/
        metrics: [exact_match, error_rate, schema: schemas/answer.json]
        gates:
        \(gates.map { "  - " + $0 }.joined(separator: "\n"))
        slices: [queue]
        layers: { prompt: [golden, shadow] }
        unsure: ask
        trust: { approvers: [ada, grace, mallory] }
        \(more)

        """
    }

    func git(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/git")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: place.folder)
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": place.folder, "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "mallory", "GIT_AUTHOR_EMAIL": "m@example.com",
            "GIT_COMMITTER_NAME": "mallory",
            "GIT_COMMITTER_EMAIL": "m@example.com", "GIT_ALLOW_PROTOCOL": "file",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "git \(arguments)")
    }

    func commit(_ words: String) throws {
        try git("add", "-A")
        try git("commit", "-q", "-m", words)
    }

    /// Replaces words of a file; they must be there.
    func edit(_ name: String, _ words: String, _ others: String) throws {
        let text = try place.read(name)
        try #require(text.contains(words), "\(words) in \(name)")
        try place.write(name, text.replacingOccurrences(of: words, with: others))
    }

    /// What CI runs on the change.
    func eval(_ more: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await place.start(
            ["eval", "--policy-from", "main", "--author", "mallory", "--change", "prompt"] + more,
            environment: Repository.environment.merging(environment) { _, new in new }
        ).outcome()
    }

    /// The digest of what the change loosens now.
    func digest() async throws -> String {
        let outcome = try await place.sluice("validate", "--policy-from", "main", "--json")
        let value = try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any]
        return try #require((value?["trust"] as? [String: Any])?["digest"] as? String, "\(outcome)")
    }
}
