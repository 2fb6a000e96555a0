import Testing

/// The rules on small bad samples: each must be found, at its line, and its mended form must pass.
@Suite struct CodeRulesTests {
    struct Sample: CustomTestStringConvertible {
        let bad: String
        let good: String
        var room = "Text"
        var kind = FloorTable.Kind.pure
        /// A part of the message.
        let says: String
        var testDescription: String { bad }
    }

    static let samples = [
        Sample(bad: "fatalError(\"no\")", good: "throw Problem.no", says: "fatalError"),
        Sample(bad: "let a = try! f()", good: "let a = try? f()", says: "try!"),
        Sample(bad: "let a = b as! Int", good: "let a = b as? Int", says: "as!"),
        Sample(bad: "let a = b[0]!", good: "let a = b[0] ?? 0", says: "unwrap"),
        Sample(bad: "let a = f(b)!", good: "// Never empty: init sees to it.\nlet a = f(b)!", says: "unwrap"),
        Sample(bad: "let a: Int! = nil", good: "let a: Int? = nil", says: "unwrap"),
        Sample(bad: "let a = \"\\(b!)\"", good: "let a = \"b!\"", says: "unwrap"),
        Sample(bad: "let a = b.base!", good: "let a = b.baseAddress!", says: "unwrap"),
        Sample(bad: "f(raw!)", good: "Unmanaged<A>.fromOpaque(raw!)", says: "unwrap"),
        Sample(bad: "let a = b!", good: "let a = b != c && !d || e!=f", says: "unwrap"),
        Sample(
            bad: "final class A: @unchecked Sendable {",
            good: "/// Only under the lock.\nfinal class A: @unchecked Sendable {",
            says: "safe"),
        Sample(
            bad: "/// A connection.\nfinal class A: @unchecked Sendable {",
            good: "final class A: @unchecked Sendable {\n    // The fields are immutable.", says: "safe"),
        Sample(
            bad: "nonisolated(unsafe) var a = 1", good: "nonisolated(unsafe) let a = 1  // written once",
            says: "safe"),
        Sample(
            bad: "unowned(unsafe) let a: B",
            good: "/// The task outlives it.\n@inlinable\nunowned(unsafe) let a: B",
            says: "safe"),
        Sample(bad: "let a = unsafeBitCast(b, to: Int.self)", good: "let a = Int(b)", says: "safe"),
        Sample(bad: "f()  // TODO: more", good: "f()  // \"TO\" and \"DO\" are words", says: "unfinished"),
        Sample(
            bad: "let a = b[0]\n    + c[0]!", good: "// Both have one.\nlet a = b[0]!\n    + c[0]!",
            says: "unwrap"),
        Sample(bad: "/* FIXME */", good: "/* fixed */", says: "unfinished"),
        Sample(bad: "print(a)", good: "console.print(a)", says: "print"),
        Sample(bad: "let now = ContinuousClock.now", good: "let now = clock.now()", says: "ContinuousClock"),
        Sample(bad: "let t = time(nil)", good: "func time(_ a: Int) {}", says: "time"),
        Sample(bad: "let t = Glibc.time(nil)", good: "let t = step.time(nil)", says: "time"),
        Sample(bad: "let a = getenv(name)", good: "let a = environment[name]", says: "getenv"),
        Sample(
            bad: "let a = Int.random(in: 0..<9)", good: "let a = Int.random(in: 0..<9, using: &stream)",
            says: "random"),
        Sample(bad: "let a = b.shuffled()", good: "let a = b.shuffled(using: &stream)", says: "shuffled"),
        Sample(
            bad: "Task { await f() }", good: "group.addTask { await f() }", room: "HTTPServer", says: "loop"),
        Sample(
            bad: "Task.detached { }", good: "try await Task.sleep(for: a)", room: "HTTPServer", kind: .engine,
            says: "loop"),
        Sample(
            bad: "let a = Task<A, B> {", good: "func f() -> Task<A, B> {", room: "HTTPServer", kind: .engine,
            says: "loop"),
        Sample(
            bad: "Task(priority: .low) {", good: "Task(executorPreference: self) {", room: "HTTPServer",
            kind: .engine,
            says: "loop"),
        Sample(
            bad: "Task<Int, Never>(priority: .low) { 1 }", good: "var task: Task<Int, Never>?",
            room: "HTTPServer",
            kind: .engine, says: "loop"),
    ]

    @Test(arguments: samples)
    func aBadLineIsFoundAndItsMendedFormIsNot(_ sample: Sample) throws {
        let head = "import Glibc\n\n"
        let bad = SourceText(file: "A.swift", text: head + sample.bad + "\n")
        let found = CodeRules.findings(bad, room: sample.room, kind: sample.kind)
        #expect(found.contains { $0.message.contains(sample.says) }, "found: \(found)")
        let line = 3 + sample.bad.split(separator: "\n").count - 1
        #expect(found.allSatisfy { "\($0)".hasPrefix("A.swift:\(line): ") }, "found: \(found)")
        let good = SourceText(file: "A.swift", text: head + sample.good + "\n")
        #expect(CodeRules.findings(good, room: sample.room, kind: sample.kind) == [])
    }

    @Test(arguments: ["print(a)", "let a = getenv(b)", "let now = ContinuousClock.now"])
    func whatOnlyPureRoomsMayNotDoIsFreeElsewhere(_ code: String) {
        let file = SourceText(file: "A.swift", text: code)
        #expect(CodeRules.findings(file, room: "Storage", kind: .adapter) == [])
        #expect(CodeRules.findings(file, room: "Text", kind: .pure).count == 1)
    }

    @Test(arguments: [(600, 0), (601, 1)])
    func aFileIsAtMostSixHundredLines(_ lines: Int, _ findings: Int) {
        let text = String(repeating: "f()\n", count: lines)
        let found = CodeRules.findings(SourceText(file: "A.swift", text: text), room: "Text", kind: .pure)
        #expect(found.count == findings)
    }
}
