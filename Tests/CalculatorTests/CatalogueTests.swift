import Calculator
import Notation
import Testing

/// What every statistic that is called by name must keep.
@Suite struct CatalogueTests {
    @Test(arguments: StatisticCatalogue.entries.map(\.name))
    func theExampleOfEachStatisticComputes(name: String) throws {
        let entry = try #require(StatisticCatalogue.entry(named: name))
        let answer = try entry.answer(entry.example)
        guard case .object(let members) = answer else {
            Issue.record("\(name) answers no object")
            return
        }
        #expect(!members.isEmpty)
        var writer = JSONWriter()
        writer.value(answer)
        #expect(throws: Never.self) { try JSONValue.parse(writer.bytes) }
    }

    @Test func namesAreUniqueAndSpelledAlike() {
        var seen = Set<String>()
        for entry in StatisticCatalogue.entries {
            #expect(seen.insert(entry.name).inserted, "\(entry.name) twice")
            let isSpelled = entry.name.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            #expect(isSpelled, "\(entry.name)")
            #expect(!entry.summary.isEmpty && !entry.source.isEmpty, "\(entry.name)")
            #expect(!entry.summary.hasSuffix("."), "\(entry.name)")
        }
        #expect(seen.count >= 1)
    }

    @Test(arguments: StatisticCatalogue.entries.map(\.name))
    func aMissingAnUnknownAndAMistypedArgumentAreNamed(name: String) throws {
        let entry = try #require(StatisticCatalogue.entry(named: name))
        guard case .object(let example) = entry.example else {
            Issue.record("\(name)'s example is no object")
            return
        }
        #expect(throws: StatisticProblem.self) { try entry.answer([1, 2]) }
        var more = example
        more["no_such_argument"] = 1
        #expect(throws: StatisticProblem.unknown(argument: "no_such_argument", suggestion: nil)) {
            try entry.answer(.object(more))
        }
        for argument in entry.arguments {
            if argument.fallback == nil {
                var less = example
                less[argument.name] = nil
                #expect(throws: StatisticProblem.missing(argument: argument.name, kind: argument.kind)) {
                    try entry.answer(.object(less))
                }
            }
            var mistyped = example
            mistyped[argument.name] = ["no": "argument is an object like this"]
            #expect(throws: StatisticProblem.self, "\(argument.name)") { try entry.answer(.object(mistyped)) }
        }
    }
}
