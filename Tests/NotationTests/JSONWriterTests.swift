import Foundation
import Testing

@testable import Notation

struct JSONWriterTests {
    @Test func writesPiecesAndWholeValuesAlike() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("id", "GD-042")
        writer.key("scores")
        writer.beginArray()
        writer.number(0.5)
        writer.integer(3)
        writer.beginObject()
        writer.endObject()
        writer.endArray()
        writer.member("none", .null)
        writer.endObject()
        writer.endLine()
        writer.value(["next"])
        let expected = "{\"id\":\"GD-042\",\"scores\":[0.5,3,{}],\"none\":null}\n[\"next\"]"
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test func indentsAsTheOtherToolsDo() throws {
        let value: JSONValue = ["a": [1, [], ["b": .null]], "c": [:], "d": "x"]
        // Python: json.dumps({"a":[1,[],{"b":None}],"c":{},"d":"x"}, indent=2)
        let expected = """
            {
              "a": [
                1,
                [],
                {
                  "b": null
                }
              ],
              "c": {},
              "d": "x"
            }
            """
        #expect(value.text(pretty: true) == expected)
    }

    @Test(arguments: [
        ("plain ü 😀", "\"plain ü 😀\""), ("q\"b\\s/", #""q\"b\\s/""#),
        ("\u{0}\u{1F}\n\r\t\u{8}\u{C}\u{7F}", "\"\\u0000\\u001f\\n\\r\\t\\b\\f\u{7F}\""), ("", "\"\""),
    ])
    func escapesWhatMustBeEscaped(text: String, written: String) throws {
        #expect(JSONValue.string(text).text() == written)
        #expect(try JSONValue.parse(written) == .string(text))
    }

    @Test func anEmbeddedTextEndsNoScriptElement() throws {
        let value: JSONValue = ["</script>": "<!-- & \u{2028}\u{2029} \" ü"]
        let text = value.text(embeddable: true)
        #expect(text == #"{"\u003c/script\u003e":"\u003c!-- \u0026 \u2028\u2029 \" ü"}"#)
        #expect(try JSONValue.parse(text) == value)
    }

    @Test(arguments: [
        0.1, 1.0, -0.0, 1e21, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude,
        0.1 + 0.2,
        1e-7, 123_456_789_012_345_680, 9_007_199_254_740_992,
    ])
    func numbersReadBackAsTheyWere(number: Double) throws {
        let back = try JSONValue.parse(JSONValue.number(number).bytes()).doubleValue
        #expect(back?.bitPattern == number.bitPattern)
    }

    /// Numbers from RFC 8785, appendix B.
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"), (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"),
            (0x44B5_2D02_C7E1_4AF6, "1e+23"), (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"),
            (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
            (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"),
            (0x444B_1AE4_D6E2_EF50, "1e+21"), (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"),
            (0x3EB0_C6F7_A0B5_ED8D, "0.000001"), (0x41B3_DE43_5555_5553, "333333333.3333332"),
            (0x41B3_DE43_5555_5557, "333333333.33333343"),
            (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
            (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func canonicalNumbersAreThoseOfTheStandard(bits: UInt64, written: String) {
        let bytes = JSONValue.number(Double(bitPattern: bits)).canonicalBytes
        #expect(String(decoding: bytes, as: UTF8.self) == written)
    }

    @Test func equalValuesHaveTheSameCanonicalBytesAndOthersNot() throws {
        let one = try JSONValue.parse(#"{"b":1,"a":[1.0,4611686018427387904],"ü":"\u0041","é":{}}"#)
        let same = try JSONValue.parse(#"{ "é":{}, "ü":"A","a":[1e0,4.611686018427387904e18],"b":1.0 }"#)
        #expect(one == same)
        #expect(one.canonicalBytes == same.canonicalBytes)
        let text = String(decoding: one.canonicalBytes, as: UTF8.self)
        #expect(text == #"{"a":[1,4611686018427387904],"b":1,"é":{},"ü":"A"}"#)
        #expect(
            JSONValue.integer(9_007_199_254_740_993).canonicalBytes
                != JSONValue.number(9_007_199_254_740_992).canonicalBytes)
    }

    @Test func aNumberThatIsNotFiniteBecomesNullOnlyWhereAsked() {
        #expect(JSONValue.finite(.nan).isNull && JSONValue.finite(.infinity).isNull)
        #expect(JSONValue.finite(0.5) == .number(0.5))
    }

    @Test func foundationReadsWhatIsWritten() throws {
        let value: JSONValue = [
            "text": "a\"\\\n\u{1}ü😀", "list": [1, -2.5, true, .null, [:]], "big": .integer(.max),
        ]
        for pretty in [false, true] {
            let data = Data(value.bytes(pretty: pretty))
            let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            #expect(object?["text"] as? String == "a\"\\\n\u{1}ü😀")
            #expect(object?["big"] as? Int64 == Int64.max)
            #expect((object?["list"] as? [Any])?.count == 5)
        }
    }
}
