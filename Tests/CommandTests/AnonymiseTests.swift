import Foundation
import Notation
import Testing

/// `sluice dataset anonymise`, as it is typed.
@Suite struct AnonymiseTests {
    private static let key = ["SLUICE_PSEUDONYM_KEY": "a key that is long enough"]
    private static let rows = #"""
        {"query_id": "Q-1", "query": "I am Erika Mustermann,  erika@example.com", "n": 1.50}
        {"query_id": "Q-2", "query": "nothing here", "history": ["ok"]}

        """#

    private func run(
        _ place: Workplace, _ arguments: String..., environment: [String: String] = key
    ) async throws
        -> Outcome
    {
        try await place.start(["dataset", "anonymise"] + arguments, environment: environment).outcome()
    }

    @Test func theSameKeyGivesTheSamePseudonymsInEveryFileAndFormat() async throws {
        let place = try Workplace()
        try place.write("raw/a.jsonl", Self.rows)
        try place.write("raw/b.csv", "id;who;note\r\n1;erika@example.com;\"a;b\"\r\n2;;ERIKA MUSTERMANN\r\n")
        try place.write("raw/.hidden.jsonl", "{")
        try place.write("names", "# ours\nErika Mustermann\n")
        let first = try await run(place, "raw", "-o", "out", "--names", "names", "--json")
        #expect(first.status == 0, "\(first)")
        let json = try JSONValue.parse(first.out)
        #expect(json["format"] == "sluice.dataset-anonymise/1")
        #expect(json["found"] == 4 && json["left"] == 0 && json["rows"] == 4)
        #expect(json["written"] == ["out/a.jsonl", "out/b.csv"])
        #expect(!first.out.lowercased().contains("erika") && !first.err.lowercased().contains("erika"))
        let a = try place.read("out/a.jsonl")
        let b = try place.read("out/b.csv")
        let mail = try #require(a.split(separator: " ").first { $0.contains("@people.invalid") })
            .dropLast(2)
        #expect(b.contains(";\(mail);\"a;b\"\r\n2;;"), "\(b)")
        #expect(a.contains(",  \(mail)\", \"n\": 1.50}"), "\(a)")
        // A row without a finding is the same bytes.
        #expect(a.hasSuffix(Self.rows.split(separator: "\n")[1] + "\n"))
        #expect(!(a + b).lowercased().contains("erika"))
        _ = try await run(place, "raw", "-o", "again", "--names", "names")
        #expect(try place.read("again/a.jsonl") == a && place.read("again/b.csv") == b)
        let other = try await run(
            place, "raw/a.jsonl", "-o", "other.jsonl",
            environment: ["SLUICE_PSEUDONYM_KEY": "another long key!"])
        #expect(other.status == 0)
        #expect(try !place.read("other.jsonl").contains(mail))
        let random = try await run(place, "raw/a.jsonl", "-o", "random.jsonl", environment: [:])
        #expect(random.err.contains("no key was given"), "\(random)")
        #expect(try !place.read("random.jsonl").contains(mail))
    }

    @Test func theCheckFailsUntilItIsClean() async throws {
        let place = try Workplace()
        try place.write("a.jsonl", Self.rows)
        let before = try await run(place, "--check", "a.jsonl")
        #expect(before.status == 1)
        #expect(before.out.contains("a.jsonl:1 Q-1  mail at /query"), "\(before)")
        #expect(!before.out.contains("erika"))
        #expect(place.files() == ["a.jsonl"])
        #expect(try await run(place, "a.jsonl", "-o", "b.jsonl").status == 0)
        #expect(try await run(place, "--check", "b.jsonl").status == 0)
        // What stands in an id is told, and left unless it is asked for.
        try place.write("c.jsonl", "{\"query_id\": \"erika@example.com\", \"query\": \"q\"}\n")
        let left = try await run(place, "c.jsonl", "-o", "d.jsonl")
        #expect(left.status == 1)
        #expect(left.out.contains("--ids") && !left.out.contains("erika"), "\(left)")
        #expect(try await run(place, "c.jsonl", "-o", "d.jsonl", "--ids").status == 0)
        #expect(try !place.read("d.jsonl").contains("erika"))
    }

    @Test func badInputWritesNothing() async throws {
        let place = try Workplace()
        try place.write("good.jsonl", Self.rows)
        try place.write("bad.jsonl", "{\"a\": 1}\n{\"a\": \n\u{FF}")
        let bad = try await run(place, "good.jsonl", "bad.jsonl", "-o", "out/")
        #expect(bad.status == 65)
        #expect(bad.err.contains("bad.jsonl:2:"), "\(bad)")
        #expect(place.files() == ["bad.jsonl", "good.jsonl"])
        for (arguments, words) in [
            (["good.jsonl"], "say where to write"), (["good.jsonl", "-o", "good.jsonl"], "is what is read"),
            (["good.jsonl", "--check", "-o", "x"], "leave out -o"),
            (["good.jsonl", "--check", "--pattern", "x=("], "--pattern x"),
            (["good.jsonl", "--check", "--kinds", "mial"], "did you mean 'mail'?"),
            (["good.jsonl", "--check", "--keep", "query"], "--keep takes a pointer"),
        ] {
            let outcome = try await place.start(["dataset", "anonymise"] + arguments).outcome()
            #expect(outcome.status == 64 && outcome.err.contains(words), "\(outcome)")
        }
        let short = try await run(
            place, "--check", "good.jsonl", environment: ["SLUICE_PSEUDONYM_KEY": "short"])
        #expect(short.status == 64 && !short.err.contains("'short'"), "\(short)")
        try place.write("quote.csv", "a,b\n1,\"x\n")
        #expect(try await run(place, "--check", "quote.csv").status == 65)
        #expect(try await run(place, "--check", "/dev/zero").status == 3)
        #expect(try await run(place, "--check", "none.jsonl").status == 65)
    }

    /// The key and what was found are never on a terminal, nor is what steers one.
    @Test func hostileRowsReachNoTerminal() async throws {
        let place = try Workplace()
        let evil = "\\u001b[2J\\u202e"
        try place.write(
            "a.jsonl",
            "{\"id\": \"x\(evil)\", \"\(evil)\": \"kim@example.com\", \"kim@example.com\(evil)\": 1}\n")
        let outcome = try await run(place, "--check", "a.jsonl")
        #expect(outcome.status == 1)
        for scalar in (outcome.out + outcome.err).unicodeScalars {
            #expect(scalar.value >= 0x20 && scalar.value != 0x202E || scalar == "\n", "\(outcome)")
        }
        #expect(!outcome.out.contains("kim@") && !outcome.out.contains("long enough"))
    }
}
