import Foundation
import Testing

@testable import Notation

struct JSONReaderTests {
    struct Case {
        let name: String
        let expect: String
        let bytes: [UInt8]
    }

    /// JSONTestSuite; see Fixtures/json-parsing-suite/SOURCE.md.
    static func suite() throws -> [Case] {
        try fixtureLines("json-parsing-suite/cases.jsonl").map { row in
            let name = row["name"] as? String ?? ""
            var bytes = [UInt8](Data(base64Encoded: row["base64"] as? String ?? "") ?? Data())
            if name.hasSuffix("100000_opening_arrays.json") { bytes = Array(repeating: 0x5B, count: 100_000) }
            if name.hasSuffix("open_array_object.json") {
                bytes = Array(repeatElement(Array("[{\"\":".utf8), count: 50_000).joined())
            }
            return Case(name: name, expect: row["expect"] as? String ?? "", bytes: bytes)
        }
    }

    private func slow(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            let text = buffer.withoutByteOrderMark
            var reader = JSONTextReader(buffer, start: buffer.count - text.count, limits: limits)
            return try reader.document()
        }
    }

    @Test func acceptsAndRefusesWhatTheSuiteSays() throws {
        var counts: [String: Int] = [:]
        for item in try Self.suite() {
            counts[item.expect, default: 0] += 1
            let value = try? JSONValue.parse(item.bytes)
            switch item.expect {
            case "y": #expect(value != nil, "\(item.name)")
            case "n": #expect(value == nil, "\(item.name)")
            default: break
            }
        }
        #expect(counts == ["y": 95, "n": 188, "i": 35, "transform": 22])
    }

    @Test func bothReadersSayTheSameOfEveryTextTheyBothHold() throws {
        for item in try Self.suite() {
            let fast = item.bytes.withUnsafeBufferPointer {
                JSONValue.parseFast($0.withoutByteOrderMark, limits: .standard)
            }
            let careful = try? slow(item.bytes)
            if let fast { #expect(careful?.canonicalBytes == fast.canonicalBytes, "\(item.name)") }
            if item.expect == "y" { #expect(fast != nil && careful != nil, "\(item.name)") }
        }
    }

    @Test(arguments: [
        ("i_number_double_huge_neg_exp", "[0.0]"), ("i_number_huge_exp", nil),
        ("i_number_neg_int_huge_exp", nil),
        ("i_number_pos_double_huge_exp", nil), ("i_number_real_neg_overflow", nil),
        ("i_number_real_underflow", "[0.0]"), ("i_number_too_big_pos_int", "[1e+20]"),
        ("i_object_key_lone_2nd_surrogate", nil), ("i_string_lone_second_surrogate", nil),
        ("i_string_1st_surrogate_but_2nd_missing", nil), ("i_string_inverted_surrogates_U+1D11E", nil),
        ("i_string_UTF-16LE_with_BOM", nil), ("i_string_utf16BE_no_BOM", nil),
        ("i_string_invalid_utf-8", nil),
        ("i_string_overlong_sequence_2_bytes", nil), ("i_structure_500_nested_arrays", nil),
        ("i_structure_UTF-8_BOM_empty_object", "{}"),
        ("number_-9223372036854775808", "[-9223372036854775808]"),
        ("number_-9223372036854775809", "[-9.223372036854776e+18]"), ("number_1.0", "[1.0]"),
        ("number_1.000000000000000005", "[1.0]"), ("number_10000000000000000999", "[1e+19]"),
        ("number_1e-999", "[0.0]"), ("number_1e6", "[1000000.0]"),
        ("number_9223372036854775807", "[9223372036854775807]"),
        ("number_9223372036854775808", "[9.223372036854776e+18]"),
        ("object_key_nfc_nfd", "{\"\u{E9}\":\"NFC\",\"e\u{301}\":\"NFD\"}"),
        ("object_same_key_different_values", #"{"a":2}"#), ("object_same_key_unclear_values", #"{"a":0}"#),
        ("string_1_escaped_invalid_codepoint", nil), ("string_1_invalid_codepoint", nil),
        ("string_with_escaped_NULL", #"["A\u0000B"]"#),
    ])
    func decidesWhatTheStandardLeavesOpen(name: String, written: String?) throws {
        let item = try #require(try Self.suite().first { $0.name.hasSuffix("/\(name).json") })
        let text = try? JSONValue.parse(item.bytes).text()
        #expect(text.map { Array($0.utf8) } == written.map { Array($0.utf8) })
    }

    @Test(
        arguments: [
            ("", .empty, 1, 1), (" \n ", .empty, 2, 2), ("{\"a\": [1, 2", .truncated, 1, 12),
            ("{\"a\":1}\n{}", .textAfterValue, 2, 1), ("{\"a\":}", .expectedValue, 1, 6),
            ("{a:1}", .expectedKey, 1, 2),
            ("{\"a\" 1}", .expectedColon, 1, 6), ("[1\n 2]", .expectedComma, 2, 2),
            ("[1,\n]", .trailingComma, 1, 3),
            ("[\"abc", .unclosedString, 1, 2), ("[\"a\tb\"]", .controlCharacter, 1, 4),
            ("[\"\\q\"]", .unknownEscape, 1, 3), ("[\"\\u12G4\"]", .unknownEscape, 1, 3),
            ("[\"é\\ud800\"]", .loneSurrogate, 1, 4), ("[\"\\udc00\"]", .loneSurrogate, 1, 3),
            ("[01]", .badNumber, 1, 2), ("[1.]", .badNumber, 1, 2), ("[1e400]", .numberOutOfRange, 1, 2),
            ("[nul]", .badWord, 1, 2), ("tru", .truncated, 1, 4), ("<html>", .expectedValue, 1, 1),
            ("-", .truncated, 1, 2), ("{\"a\": NaN}", .notFinite, 1, 7), ("[-Infinity]", .notFinite, 1, 2),
            ("[Infinity]", .notFinite, 1, 2), ("[None]", .badWord, 1, 2), ("[True]", .badWord, 1, 2),
            ("[Nope]", .expectedValue, 1, 2),
        ] as [(String, JSONError.Reason, Int, Int)])
    func namesTheCauseAndThePlace(text: String, reason: JSONError.Reason, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(text) }
        #expect(error?.reason == reason)
        #expect(error?.mark == SourceMark(line: line, column: column))
    }

    /// The fast reader trusts the library with this, whatever its version.
    @Test(arguments: [
        #"\udc00"#, #"\ud800"#, #"\ud800\ud800"#, #"\ud800\u0041"#, #"\udfffx"#, #"\ud800\ue000"#,
    ])
    func theFastReaderRefusesHalfASurrogatePair(escape: String) {
        let bytes = Array("{\"a\(escape)\":1}".utf8)
        #expect(bytes.withUnsafeBufferPointer { JSONValue.parseFast($0, limits: .standard) } == nil)
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(bytes) }
        #expect(error?.reason == .loneSurrogate)
    }

    @Test func refusesInvalidUTF8WithItsPlace() {
        let error = #expect(throws: JSONError.self) {
            try JSONValue.parse([0x5B, 0x22, 0x61, 0xFF, 0x22, 0x5D])
        }
        #expect(error?.reason == .invalidUTF8)
        #expect(error?.offset == 3)
    }

    @Test(arguments: [1, 2, 100, 256, 512])
    func readsToTheDepthItIsAllowedAndNoDeeper(limit: Int) throws {
        let limits = JSONLimits(depth: limit)
        let allowed = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        let deeper = "[" + allowed + "]"
        #expect(throws: Never.self) { try JSONValue.parse(allowed, limits: limits) }
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(deeper, limits: limits) }
        #expect(error?.reason == .tooDeep(limit: limit))
        #expect(throws: Never.self) { try slow(Array(allowed.utf8), limits: limits) }
        let fast = Array(deeper.utf8).withUnsafeBufferPointer { JSONValue.parseFast($0, limits: limits) }
        #expect(fast == nil)
    }

    @Test func refusesWhatIsLongerThanAllowed() {
        let error = #expect(throws: JSONError.self) {
            try JSONValue.parse("[1,2]", limits: JSONLimits(bytes: 4))
        }
        #expect(error?.reason == .tooLarge(limit: 4))
    }

    @Test func everyPrefixOfATextIsRefusedAndNoneCrashes() throws {
        let text = Array(#"{"key":[1.5e3,-2,true,null,"\ud83d\ude00 ü",{"x":"\n"}],"ключ":""}"#.utf8)
        for count in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONValue.parse(text[..<count]) }
        }
        #expect(try JSONValue.parse(text)["key"]?[4] == "😀 ü")
    }

    @Test func mutatedTextsReadTheSameByBothReaders() throws {
        let seed = Array(
            #"{"a":[1.5e3,-20,true,null,"\ud83d\ude00 ü"],"b":{"x":"\n\u0041"},"c":18446744073709551615}"#
                .utf8)
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let alphabet = Array("{}[],:\"\\u0dD8cC19eE+-. \n\u{0}x".utf8) + [0xC3, 0xED, 0xA0, 0xFF]
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0...random(3) { bytes[random(bytes.count)] = alphabet[random(alphabet.count)] }
            let fast = bytes.withUnsafeBufferPointer { JSONValue.parseFast($0, limits: .standard) }
            let careful = try? slow(bytes)
            if let fast {
                #expect(careful == fast, "\(String(decoding: bytes, as: UTF8.self))")
            } else if let careful {
                // Only a number may be what the fast reader cannot hold.
                #expect(careful.text().contains("e+"), "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test func objectsFindTheirMembersByBytesHoweverManyThereAre() {
        for count in [2, 40] {
            var object = JSONObject()
            for index in 0..<count { object["key \(index)"] = .integer(Int64(index)) }
            object["\u{E9}"] = 1
            object["e\u{301}"] = 2
            #expect(object.count == count + 2)
            #expect(object["\u{E9}"] == 1 && object["e\u{301}"] == 2)
            object["key 1"] = nil
            object["key 0"] = "again"
            #expect(object["key 1"] == nil && object.keys.first == "key 0")
            #expect(object["e\u{301}"] == 2)
        }
    }

    @Test(arguments: [
        (#"{"a": 1, "a": 2}"#, 9), (#"[{"b": {"c": 1}}, {"b": 0, "c": 1, "b": 0}]"#, 35),
        (#"{"a": 1, "big": 123456789012345678901, "a": 2}"#, 39),
    ])
    func aRepeatedKeyIsFoundWhereItIsAsked(text: String, offset: Int) throws {
        #expect(throws: Never.self) { try JSONValue.parse(text) }
        do {
            let value = try JSONValue.parse(text, limits: JSONLimits(refusesRepeatedKeys: true))
            Issue.record("read as \(value)")
        } catch {
            #expect(error.reason == .repeatedKey && error.offset == offset)
        }
        let once = #"[{"a": 1}, {"a": 2}]"#
        #expect(
            try JSONValue.parse(once, limits: JSONLimits(refusesRepeatedKeys: true)) == JSONValue.parse(once))
    }
}
