import Domain
import Notation
import Reporting
import Testing

@Suite struct JSONReportTests {
    private func json(_ name: String) throws -> JSONValue {
        try JSONValue.parse(Array(JSONReport.render(try #require(Results.named(name))).utf8))
    }

    @Test(arguments: Results.names.filter { $0 != "hostile" }) func namesItsFormatAndVerdict(
        _ name: String
    )
        throws
    {
        let root = try json(name)
        let result = try #require(Results.named(name))
        #expect(root["format"] == "sluice.run/1")
        #expect(root["verdict"]?.stringValue == result.verdict.rawValue)
        #expect(root["exit_status"]?.intValue == Int(result.verdict.exitStatus))
        #expect(root["gates"]?.arrayValue?.count == result.gates.count)
        #expect(root["slices"]?.arrayValue?.count == result.slices.count)
    }

    /// Members that are numbers or hold one: each is there, or null with its reason beside it.
    private static let numeric: Set<String> = [
        "value", "margin", "bound", "p", "adjusted_p", "goodness", "interval", "difference_interval",
        "candidate_interval", "score",
    ]

    @Test(arguments: Results.names.filter { $0 != "hostile" }) func noNumberIsAbsentWithoutAReason(
        _ name: String
    ) throws {
        var checked = 0
        func walk(_ value: JSONValue, under parent: String) {
            if let object = value.objectValue {
                for member in object.members {
                    let isArm =
                        ["baseline", "candidate"].contains(member.key) && object["text"] == nil
                        && !["examples", "manifest"].contains(parent)
                    if member.value.isNull, Self.numeric.contains(member.key) || isArm {
                        checked += 1
                        #expect(
                            object[member.key + "_absent"]?.stringValue?.isEmpty == false,
                            "\(parent).\(member.key)")
                    }
                    walk(member.value, under: member.key)
                }
            }
            for element in value.arrayValue ?? [] { walk(element, under: parent) }
        }
        walk(try json(name), under: "")
        #expect(checked > 0)
    }

    @Test func absentNumbersSayWhichReason() throws {
        let gate = try #require(try json("no-baseline")["gates"]?[0])
        #expect(gate["baseline"]?["value"]?.isNull == true)
        #expect(gate["baseline"]?["value_absent"] == "the run has no baseline")
        #expect(gate["margin_absent"] == "the rule has no margin")
        let percentiles = try #require(try json("ship")["distributions"]?[0]?["percentiles"])
        #expect(percentiles[3]?["candidate_interval_absent"] == "the method gives no interval here")
    }

    @Test func numbersKeepAllTheirDigits() throws {
        let gate = try #require(try json("block-retrieval")["gates"]?[1])
        #expect(gate["difference"]?["interval"]?["lower"]?.doubleValue == -0.067)
        #expect(gate["difference"]?["interval"]?["confidence"]?.doubleValue == 0.9)
        #expect(gate["difference"]?["n"]?.intValue == 480)
    }

    @Test func numbersThatAreNoneBecomeNull() throws {
        var result = Results.noBaseline
        result.slices = [
            SliceResult(
                metric: "m", slice: "s", value: "v", n: 3, baseline: .nan, candidate: .infinity,
                difference: nil,
                goodness: nil, outcome: .notJudged)
        ]
        let slice = try #require(JSONReport.value(result)["slices"]?[0])
        #expect(slice["baseline"]?.isNull == true && slice["candidate"]?.isNull == true)
        #expect(slice["candidate_absent"] == "not a finite number")
    }
}
