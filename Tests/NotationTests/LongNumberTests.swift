import Notation
import Testing

/// Numbers that no 64-bit number holds. Expected: whether the shortest decimal of the nearest IEEE 754 double is the
/// number, or C's `%.17g` of it, as Python's `decimal` and `repr` say of each.
@Suite struct LongNumberTests {
    static let held = [
        "0", "-0", "0.0", "0e999", "1.5", "-2.50", "0.1", "1e2", "9223372036854775807",
        "-9223372036854775808",
        "10000000000000000000000", "12345000000000000000", "1.2345e19", "1.2345E+19", "9007199254740993",
        "0.30000000000000004", "0.10000000000000001", "5e-324", "1.7976931348623157e308", "1e-300",
        "123456789012345.6",
    ]
    static let long = [
        "12345678901234567890", "-12345678901234567890", "18446744073709551615",
        "12345678901234567890123", "12345678901234567890124", "9223372036854775808.5",
        "0.123456789012345678", "0.1234567890123456789", "1.0000000000000001", "1.2345678901234567891e19",
        "1e-400", "3.14159265358979323846", "9007199254740993.0",
    ]

    @Test(arguments: held) func whatANumberHoldsIsReadAsEver(text: String) throws {
        let wanted = try JSONValue.parse(text)
        for kind in [JSONLimits.LongNumbers.refused, .texts, .wholeAsTexts] {
            #expect(try JSONValue.parse(text, limits: JSONLimits(longNumbers: kind)) == wanted, "\(kind)")
            let within = try JSONValue.parse("{\"a\": [\(text)]}", limits: JSONLimits(longNumbers: kind))
            #expect(within["a"]?[0] == wanted)
        }
    }

    @Test(arguments: long) func whatItDoesNotHoldIsRefusedOrKeptAsText(text: String) throws {
        #expect(throws: Never.self) { try JSONValue.parse(text) }
        do {
            let value = try JSONValue.parse("{\"a\": \(text)}", limits: .strict)
            Issue.record("read as \(value)")
        } catch {
            #expect(error.reason == .longNumber && error.offset == 6)
        }
        let texts = JSONLimits(longNumbers: .texts)
        #expect(try JSONValue.parse("[\(text)]", limits: texts)[0] == .string(text))
        let whole = try JSONValue.parse("[\(text)]", limits: JSONLimits(longNumbers: .wholeAsTexts))[0]
        let isWhole = !text.contains(".") && !text.contains("e")
        #expect(isWhole ? whole == .string(text) : whole?.doubleValue == Double(text))
    }

    @Test func twoNumbersNeverBecomeOne() throws {
        var seen: [JSONValue: String] = [:]
        for text in Self.long where text != "-0" {
            let value = try JSONValue.parse(text, limits: JSONLimits(longNumbers: .texts))
            #expect(seen.updateValue(text, forKey: value) == nil, "\(text)")
        }
        // Beyond every double, as a text all the same.
        let huge = String(repeating: "9", count: 400)
        #expect(try JSONValue.parse(huge, limits: JSONLimits(longNumbers: .wholeAsTexts)) == .string(huge))
        #expect(throws: JSONError.self) { try JSONValue.parse(huge, limits: .strict) }
    }
}
