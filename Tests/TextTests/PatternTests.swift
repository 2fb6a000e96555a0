import Testing
import Text

@Suite struct PatternTests {
    @Test(arguments: [
        ("[0-9]+ days", "takes 14 days", true), ("^x", "ax", false), ("\\w+", "Ж", true),
        ("a.c", "a😀c", true),
        ("\\bcafé\\b", "un café noir", true), ("", "", true), ("(?i)REFUND", "a refund", true),
        ("$", "", true),
    ])
    func aPatternIsFoundSomewhere(_ source: String, _ text: String, _ found: Bool) throws {
        #expect(try Pattern(source).matches(text) == found)
    }

    @Test(arguments: [
        ("a", "banana", 3), ("", "añb", 4), ("x*", "axxb", 4), ("\\b", "ab cd", 4), ("aa", "aaaa", 2),
        ("z", "", 0),
    ])
    func matchesAreCountedWithoutOverlap(_ source: String, _ text: String, _ count: Int) throws {
        #expect(try Pattern(source).count(in: text) == count)
    }

    @Test func offsetsAreOfUTF8() throws {
        #expect(try Pattern("b+").firstMatch(in: "äbbc") == 2..<4)
        #expect(try Pattern("c").matches(in: "cäc") == [0..<1, 3..<4])
    }

    @Test(arguments: [("a(b", 3), ("ä[", 2), ("x{2,1}", 5), ("(?<n>a)(?<n>b)", 12), ("\\C", 2)])
    func whatDoesNotCompileSaysWhere(_ source: String, _ offset: Int) throws {
        #expect {
            _ = try Pattern(source)
        } throws: { error in
            let problem = try #require(error as? PatternProblem)
            return problem.offset == offset && !problem.message.isEmpty
        }
    }

    /// Catastrophic backtracking ends in an error, at once.
    @Test func aRunawayPatternIsStopped() throws {
        let pattern = try Pattern("(a+)+$")
        let text = String(repeating: "a", count: 5000) + "b"
        let clock = ContinuousClock()
        let time = clock.measure { #expect(throws: PatternLimit.self) { try pattern.matches(text) } }
        #expect(time < .seconds(5))
    }

    /// Where the JIT's stack is too small the interpreter goes on, up to its own limit of memory.
    @Test func aMatchThatNeedsMuchMemoryIsMadeOrStopped() throws {
        let pattern = try Pattern("^(?:(a)|b)*$")
        #expect(try pattern.matches(String(repeating: "ab", count: 5_000)))
        #expect(throws: PatternLimit.self) { try pattern.matches(String(repeating: "ab", count: 200_000)) }
    }

    @Test func manyThreadsShareAPattern() async throws {
        let pattern = try Pattern("(\\d+)-(\\d+)")
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask { (try? pattern.count(in: "\(index)-\(index + 1) and 3-4")) == 2 }
            }
            for await right in group { #expect(right) }
        }
    }

    /// Facts of ECMA-262: `\d` and `\w` are ASCII, `$` is the end and no earlier, `\u` names a character.
    @Test(arguments: [
        ("^\\d+$", "١٢", false), ("^\\w$", "é", false), ("^a$", "a\n", false), ("\\u00e9", "é", true),
        ("^\\p{Letter}+$", "éЖ", true), ("[^]", "x", true), ("^\\S+$", "a b", false),
    ])
    func theECMADialectIsThatOfSchemas(_ source: String, _ text: String, _ found: Bool) throws {
        #expect(try Pattern(source, dialect: .ecma).matches(text) == found)
    }

    @Test func aCacheGivesTheSamePatternAndTheSameProblem() throws {
        let cache = PatternCache(capacity: 2)
        #expect(try cache.pattern("a+") === cache.pattern("a+"))
        for _ in 0..<2 { #expect(throws: PatternProblem.self) { try cache.pattern("(") } }
        for index in 0..<5 { #expect(try cache.pattern("\(index)").matches("\(index)")) }
    }
}
