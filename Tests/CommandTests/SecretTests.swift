import Foundation
import HTTPServer
import Notation
import Synchronization
import Testing

/// A secret reaches the app and nothing else; hostile answers reach reports as text and nothing else.
@Suite struct SecretTests {
    private static let secret = "s3cr3t-Qx7-value"

    /// Everything that a run left or said, with its place.
    private func traces(_ place: Workplace, _ outcomes: [Outcome]) throws -> [(String, [UInt8])] {
        var found: [(String, [UInt8])] = []
        for name in place.files() {
            found.append((name, [UInt8](FileManager.default.contents(atPath: place.path(name)) ?? Data())))
        }
        for run in place.runs() { found.append(("the observations of \(run)", try place.observations(run))) }
        for outcome in outcomes {
            found.append(("stdout", Array(outcome.out.utf8)))
            found.append(("stderr", Array(outcome.err.utf8)))
        }
        return found
    }

    @Test func aSecretIsSentAndNeverKept() async throws {
        let place = try Workplace()
        let box = Seen()
        let app = try TestApp { question in
            box.values.withLock { _ = $0.insert(question.headers["Authorization"] ?? "") }
            // The app gives the secret away wherever it can.
            switch question.number % 4 {
            case 0: return TestApp.Reply(status: 500, body: "bad token \(SecretTests.secret) in request")
            case 1:
                return TestApp.Reply(
                    status: 401, body: #"{"error": {"message": "Bearer \#(SecretTests.secret) was refused"}}"#
                )
            case 2: return TestApp.Reply(body: "Bearer \(SecretTests.secret)", type: "text/html")
            default: return TestApp.right(question)
            }
        }
        try place.writeExamples(24)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["error_rate <= 1%"],
            limits: "concurrency: 2, timeout: 5s, retries: 1",
            app: "  headers: { Authorization: \"Bearer ${env:TEST_TOKEN}\" }")
        let environment = ["TEST_TOKEN": SecretTests.secret]
        let outcomes = [
            try await place.sluice(
                "eval", "--markdown", "c.md", "--junit", "j.xml", "--html", "r.html", environment: environment
            ),
            try await place.sluice("eval", "--json", environment: environment),
            try await place.sluice("report", "--json"),
        ]
        #expect(outcomes.map(\.status) == [1, 1, 0], "\(outcomes)")
        #expect(box.values.withLock { $0 } == ["Bearer \(SecretTests.secret)"])
        for (name, bytes) in try traces(place, outcomes) {
            #expect(
                bytes.firstRange(of: Array(SecretTests.secret.utf8)) == nil, "the secret stands in \(name)")
        }
        #expect(outcomes[0].out.contains("<redacted>"), "\(outcomes[0])")

        let missing = try await place.sluice("eval")
        #expect(missing.status == 65, "\(missing)")
        #expect(missing.err.contains("TEST_TOKEN"), "\(missing)")
        #expect(try await place.sluice("report").status == 0, "a record is read without it")
        let run = try place.newestRun()
        #expect(try await place.sluice("eval", "--rescore", run).status == 1, "and judged again")
        #expect(try await place.sluice("eval", "--reproduce", run).status == 0)
    }

    private final class Seen: Sendable { let values = Mutex<Set<String>>([]) }

    @Test func hostileAnswersAreShownAndNeverRun() async throws {
        let hostile =
            "<script>alert(1)</script><img src=x onerror=alert(2)>\u{1B}[2J\u{1B}]0;owned\u{7}"
            + "![x](http://evil.example/p.png) [click](javascript:alert(3)) @team </details> | cell |\u{202E}]]>"
            + "\n\n![y](http://evil.example/q.png)\n# owned\n</pre></details>\n\n[z](javascript:alert(5))"
        let place = try Workplace()
        let good = try TestApp { TestApp.right($0) }
        let bad = try TestApp { _ in TestApp.Reply(body: TestApp.body(hostile, version: "2<b>")) }
        let id = "E-<svg onload=alert(4)>"
        let rows = (0..<20).map { number -> String in
            let row: JSONValue = [
                "query_id": .string("\(id)\(number)"), "query": .string("question \(number)"),
                "reference_response": .string("answer \(number)"),
            ]
            return String(decoding: row.bytes(), as: UTF8.self)
        }
        try place.write("golden.jsonl", rows.joined(separator: "\n") + "\n")
        try place.writePolicy(baseline: good.url, candidate: bad.url)
        let outcome = try await place.sluice(
            "eval", "--markdown", "c.md", "--junit", "j.xml", "--html", "r.html")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(
            !outcome.out.contains("\u{1B}") && !outcome.out.contains("\u{7}")
                && !outcome.out.contains("\u{202E}"))
        let page = try place.read("r.html")
        for words in ["<script>alert", "<img src=x", "<svg onload", "\u{1B}", "2<b>"] {
            #expect(!page.contains(words), "\(words) stands in the page")
        }
        #expect(page.contains("&lt;script&gt;") || page.contains("&lt;script"), "it is shown")
        let comment = try place.read("c.md")
        for words in ["<script>", "<svg", "\n# owned", "\u{1B}", "2<b>"] {
            #expect(!comment.contains(words), "\(words) stands in the comment")
        }
        // Within a block of HTML nothing is Markdown, and only a blank line would end that block (CommonMark 4.6).
        var isHTML = false
        for line in comment.split(separator: "\n", omittingEmptySubsequences: false) {
            isHTML = line.isEmpty ? false : isHTML || line.hasPrefix("<")
            if line.contains("evil.example") || line.contains("javascript:") { #expect(isHTML, "\(line)") }
        }
        #expect(
            comment.components(separatedBy: "</pre>").count == comment.components(separatedBy: "<pre>").count)
        let xml = try place.read("j.xml")
        #expect(!xml.contains("<svg") && !xml.contains("\u{1B}") && !xml.contains("<script"))
        let document = XMLReader.problem(place.path("j.xml"))
        #expect(document == nil, "\(document ?? "")")
    }
}

/// Whether a file is well-formed XML, as Python's expat sees it.
enum XMLReader {
    static func problem(_ path: String) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])", path]
        let pipe = Pipe()
        process.standardError = pipe
        do { try process.run() } catch { return nil }
        let words = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // Where there is no Python nothing can be said.
        return process.terminationStatus == 1 ? words : nil
    }
}
