import Domain
import HTTPServer
import Testing

@testable import Traffic

/// Ways in which a secret could pass a redactor that looks at the usual form alone. Each was tried by hand; what is
/// expected follows from docs/capture.md.
@Suite struct RedactionEvasionTests {
    private static let secret = "hunter2"

    private func kept(
        _ body: String, _ type: String?, _ rules: CaptureRules = CaptureRules()
    ) throws -> String? {
        let redactor = try Redactor(rules)
        let form = redactor.form(of: type)
        guard form.isKept, let clean = try? redactor.body(Array(body.utf8), as: form) else { return nil }
        return String(decoding: clean, as: UTF8.self)
    }

    @Test(arguments: [
        // Names written with escapes, and in another case.
        #"{"\u0070assword": "hunter2"}"#, #"{"pass\u0077ord": "hunter2"}"#, #"{"PassWord": "hunter2"}"#,
        // In lists.
        #"{"password": ["hunter2", "hunter2"]}"#, #"[{"password": [["hunter2"]]}]"#,
        // JSON in a string of JSON, as a call of a tool bears its arguments, and once more.
        #"{"arguments": "{\"password\": \"hunter2\"}"}"#,
        #"{"a": "[{\"b\": \"{\\\"password\\\": \\\"hunter2\\\"}\"}]"}"#,
        // Cut in the middle.
        #"{"password": "hunter2"#, #"{"arguments": "{\"password\": \"hunter2"#,
        // Behind another value, and behind what is no JSON.
        #"1 {"password": "hunter2"}"#,
    ])
    func secretsOfJSONAreFoundHoweverTheyAreWritten(body: String) throws {
        let clean = try #require(try kept(body, "application/json"))
        #expect(!clean.contains(Self.secret))
        #expect(clean.contains("<redacted>"))
    }

    @Test(arguments: [
        "application/x-www-form-urlencoded", "text/plain", nil, "application/vnd.app+json", "text/x; a=b",
    ])
    func jsonIsKnownByItsBeginning(type: String?) throws {
        // `curl -d` names a form whatever it sends.
        let clean = try #require(try kept(#" {"password": "hunter2", "q": "why?"}"#, type))
        #expect(clean == #" {"password": "<redacted>", "q": "why?"}"#)
    }

    @Test func numbersBehindASecretsNameAreSecrets() throws {
        let clean = try kept(
            #"{"password": 123456, "pwd": -1.5e3, "token": 17, "passcode": null, "n": 123456}"#,
            "application/json")
        #expect(
            clean
                == #"{"password": "<redacted>", "pwd": "<redacted>", "token": 17, "passcode": null, "n": 123456}"#
        )
    }

    @Test func argumentsOfToolsStayJSON() throws {
        let clean = try kept(
            #"{"arguments": "{\"city\": \"Ulm\", \"password\": \"hunter2\"}"}"#, "application/json")
        #expect(clean == #"{"arguments": "{\"city\": \"Ulm\", \"password\": \"<redacted>\"}"}"#)
    }

    @Test func jsonInEventsIsRedacted() throws {
        let events =
            "event: x\ndata: {\"password\": \"hunter2\"}\r\n\ndata:[{\"pwd\":\"hunter2\"}]\ndata: plain\n\n"
        let clean = try #require(try kept(events, "text/event-stream"))
        #expect(
            clean
                == "event: x\ndata: {\"password\": \"<redacted>\"}\r\n\ndata:[{\"pwd\":\"<redacted>\"}]\ndata: plain\n\n"
        )
    }

    @Test(arguments: [
        #"form-data; name="password""#, #"form-data;name="password""#, "form-data; name=password",
        #"form-data ; NAME = "Password" "#, #"form-data; x="y"; name="password"; z=1"#,
    ])
    func fieldsOfMultipartFormsAreKnownByName(disposition: String) throws {
        let body = "--b\r\nContent-Disposition: \(disposition)\r\n\r\nhunter2\r\n--b--\r\n"
        var rules = CaptureRules()
        rules.contentTypes = ["multipart/*"]
        let clean = try #require(try kept(body, "multipart/form-data; boundary=b", rules))
        #expect(!clean.contains(Self.secret) && clean.contains("<redacted>"))
    }

    @Test(arguments: [
        "application/json; charset=utf-16", "application/json;charset=\"UTF-16LE\"",
        "text/plain; charset=utf-7",
        "text/plain; charset=ebcdic-cp-us",
    ])
    func textsInWhichNothingWouldBeFoundAreNotKept(type: String) throws {
        #expect(try kept(#"{"a": 1}"#, type) == nil)
    }

    @Test(arguments: [
        "application/json; charset=utf-8", "text/plain; charset=\"UTF-8\"", "text/plain;charset=iso-8859-1",
        "text/html; charset=windows-1252", "text/plain; format=flowed",
    ])
    func textsOfTheUsualSetsAreKept(type: String) throws {
        #expect(try kept(#"{"a": 1}"#, type) == #"{"a": 1}"#)
    }

    @Test func whatIsCodedWithoutSayingSoIsNotKept() throws {
        // gzip of "hunter2", named as nothing; and UTF-16 without its name.
        let packed: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x28, 0xCD, 0x2B, 0x49, 0x2D, 0x32, 2, 0,
        ]
        let wide = Array("{\"password\":1}".utf8).flatMap { byte -> [UInt8] in [byte, 0] }
        let redactor = try Redactor(CaptureRules())
        for bytes in [packed, wide] {
            for type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
                #expect(throws: Redactor.Unredactable.self) {
                    try redactor.body(bytes, as: redactor.form(of: type))
                }
            }
        }
    }

    @Test func codingsUponCodingsAreNone() throws {
        let redactor = try Redactor(CaptureRules())
        var kinds = ContentKinds(redactor)
        #expect(kinds.head(["Content-Encoding": "gzip"], redactor).encoding == "gzip")
        let twice = kinds.head(["Content-Encoding": "gzip", "content-encoding": "gzip"], redactor).encoding
        #expect(twice == "gzip, gzip")
        #expect(twice.flatMap(ContentDecoder.coding) == nil)
    }
}
