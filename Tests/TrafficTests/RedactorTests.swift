import Domain
import HTTPServer
import Notation
import Testing

@testable import Traffic

@Suite struct RedactorTests {
    private func redactor(_ change: (inout CaptureRules) throws -> Void = { _ in }) throws -> Redactor {
        var rules = CaptureRules()
        try change(&rules)
        return try Redactor(rules)
    }

    private func json(_ redactor: Redactor, _ text: String) throws -> String {
        String(decoding: try redactor.json(Array(text.utf8)), as: UTF8.self)
    }

    @Test func credentialsOfHeadersNeverStay() throws {
        let redactor = try redactor { $0.redactedHeaders = ["X-Customer"] }
        var clean = Redactor.CleanValues()
        let fields: HTTPFields = [
            "Host": "example.test", "authorization": "Bearer abcdefghijklmnopqrstuvwxyz", "Cookie": "a=b",
            "x-customer": "4711", "X-Api-Key": "k", "X-Password": "hunter2", "From": "jane@example.org",
            "X-Note": "call +1 (415) 555-2671", "User-Agent": "curl/8.5.0",
        ]
        // The second time what was clean is known to be.
        for _ in 0..<2 {
            var out: [UInt8] = []
            redactor.append(fields, to: &out, knowing: &clean)
            let lines = String(decoding: out, as: UTF8.self).split(separator: "\r\n").map(String.init)
            #expect(
                lines == [
                    "Host: example.test", "authorization: <redacted>", "Cookie: <redacted>",
                    "x-customer: <redacted>",
                    "X-Api-Key: <redacted>", "X-Password: <redacted>", "From: <redacted mail>",
                    "X-Note: call <redacted phone>", "User-Agent: curl/8.5.0",
                ])
        }
    }

    @Test(arguments: [
        ("/a/b?x=1&y=2", "/a/b", "x=1&y=2"), ("/a", "/a", nil), ("/a?", "/a", ""),
        ("/users/jane%40example.org/orders", "/users/<redacted>/orders", nil),
        ("/a?mail=jane%40example.org&x=1", "/a", "mail=<redacted>&x=1"),
        ("/a?token=abcdefghijklmnop1234&page=2", "/a", "token=<redacted>&page=2"),
        ("/a?password=x", "/a", "password=<redacted>"), ("/a?Customer=4711&b", "/a", "Customer=<redacted>&b"),
        ("/a?call=%2B49%20151%2012345678", "/a", "call=<redacted>"),
        ("/a?jane@example.org", "/a", "<redacted>"),
        ("/a?card=4111+1111+1111+1111", "/a", "card=<redacted>"),
    ])
    func targetsAreRedacted(target: String, path: String, query: String?) throws {
        let redactor = try redactor { $0.redactedParameters = ["customer"] }
        var clean = Redactor.CleanValues()
        for _ in 0..<2 {
            let (found, rest) = redactor.target(target, knowing: &clean)
            #expect(String(decoding: found, as: UTF8.self) == path)
            #expect(rest.map { String(decoding: $0, as: UTF8.self) } == query)
        }
    }

    @Test(arguments: [
        (#"{"a": 1,  "b" :[1.0, 2e5]}"#, #"{"a": 1,  "b" :[1.0, 2e5]}"#),
        (#"{"text":"write to jane@example.org now"}"#, #"{"text":"write to <redacted mail> now"}"#),
        (
            #"{"text":"write to jane\u0040example.org \"now\""}"#,
            #"{"text":"write to <redacted mail> \"now\""}"#
        ),
        (#"{"password":"x","n":1}"#, #"{"password":"<redacted>","n":1}"#),
        (#"{"api_key":"short","max_tokens":100}"#, #"{"api_key":"<redacted>","max_tokens":100}"#),
        (
            #"{"logprobs":[{"token":"Hello"}],"token":"abcdefghijklmnopqrst"}"#,
            #"{"logprobs":[{"token":"Hello"}],"token":"<redacted>"}"#
        ),
        (#"{"jane@example.org":1}"#, #"{"<redacted mail>":1}"#),
        (#"["card 4111 1111 1111 1111", 4111111111111111]"#, #"["card <redacted card>", "<redacted card>"]"#),
        (
            "{\"a\":\"jane@example.org\"}\n{\"b\":\"+49 151 12345678\"}\n",
            "{\"a\":\"<redacted mail>\"}\n{\"b\":\"<redacted phone>\"}\n"
        ),
        (#"{"a":"jane@example.org","b":"cut of"#, #"{"a":"<redacted mail>","b":"cut of"#),
        (#"{"a":"jane@example.org"#, #"{"a":"<redacted mail>"#),
        ("no JSON: jane@example.org", "no JSON: <redacted mail>"),
        (#"{"a":1} and jane@example.org"#, #"{"a":1} and <redacted mail>"#), ("", ""), ("{", "{"),
        ("[1,", "[1,"),
    ])
    func bodiesOfJSONKeepTheirForm(text: String, expected: String) throws {
        #expect(try json(try redactor(), text) == expected)
    }

    @Test(arguments: [
        (
            "/user/name", #"{"user":{"name":"Jane","id":7},"name":"x"}"#,
            #"{"user":{"name":"<redacted>","id":7},"name":"x"}"#
        ),
        ("/user", #"{"user":{"name":"Jane","id":[1,{"a":"}"}]},"b":2}"#, #"{"user":"<redacted>","b":2}"#),
        (
            "/items/*/who", #"{"items":[{"who":1},{"who":null,"x":2}]}"#,
            #"{"items":[{"who":"<redacted>"},{"who":"<redacted>","x":2}]}"#
        ),
        ("/items/1", #"{"items":["a","b","c"]}"#, #"{"items":["a","<redacted>","c"]}"#),
        ("/a~1b/c", #"{"a/b":{"c":"x"},"c":1}"#, #"{"a/b":{"c":"<redacted>"},"c":1}"#),
        ("/n", #"{"\u006e":"x"}"#, #"{"\u006e":"<redacted>"}"#),
        ("/a", #"{"a":"cut he"#, #"{"a":"<redacted>""#), ("/a", #"{"a":{"b":[1,2"#, #"{"a":"<redacted>""#),
        ("", #"{"a":1}"#, #""<redacted>""#),
    ])
    func placesAreRedacted(pointer: String, text: String, expected: String) throws {
        let redactor = try redactor { $0.redactedPointers = [try JSONPointer(pointer)] }
        #expect(try json(redactor, text) == expected)
    }

    @Test func whereAPlaceCannotBeFoundNothingIsKept() throws {
        let redactor = try redactor { $0.redactedPointers = [try JSONPointer("/a")] }
        #expect(throws: Redactor.Unredactable.self) { try json(redactor, #"{"a" "x"}"#) }
        #expect(throws: Redactor.Unredactable.self) {
            try json(redactor, String(repeating: "[", count: 2000))
        }
    }

    @Test func formsAreRedacted() throws {
        let body = Array("name=Jane&password=x&card=4111111111111111&note=a%20b".utf8)
        let clean = try redactor().body(body, as: .form)
        #expect(
            String(decoding: clean, as: UTF8.self)
                == "name=Jane&password=<redacted>&card=<redacted>&note=a%20b")
    }

    @Test func filesOfFormsInPartsAreLeftOut() throws {
        let redactor = try redactor { $0.contentTypes = ["multipart/*"] }
        guard case .multipart(let boundary) = redactor.form(of: "multipart/form-data; boundary=\"xy z\"")
        else {
            Issue.record("the form is not known")
            return
        }
        let part = "Content-Disposition: form-data; "
        let text =
            "--xy z\r\n\(part)name=\"q\"\r\n\r\nmy mail is jane@example.org\r\n"
            + "--xy z\r\n\(part)name=\"password\"\r\n\r\nsecret1\r\n"
            + "--xy z\r\n\(part)name=\"f\"; filename=\"a.bin\"\r\nContent-Type: image/png\r\n\r\n\u{1}\u{2}\u{3}\r\n--xy z--\r\n"
        let clean = try redactor.body(Array(text.utf8), as: .multipart(boundary: boundary))
        #expect(
            String(decoding: clean, as: UTF8.self)
                == "--xy z\r\n\(part)name=\"q\"\r\n\r\nmy mail is <redacted mail>\r\n"
                + "--xy z\r\n\(part)name=\"password\"\r\n\r\n<redacted>\r\n"
                + "--xy z\r\n\(part)name=\"f\"; filename=\"a.bin\"\r\nContent-Type: image/png\r\n\r\n<3 bytes left out>\r\n--xy z--\r\n"
        )
    }

    @Test func patternsOfOnesOwnAreLookedForEverywhere() throws {
        let redactor = try redactor { $0.redactedPatterns = [LiveField("order", #"ORD-\d{4}"#)] }
        #expect(try json(redactor, #"{"a":"see ORD-1234"}"#) == #"{"a":"see <redacted order>"}"#)
        #expect(
            try redactor.found(in: Array("ORD-9999".utf8)).map { String(decoding: $0, as: UTF8.self) }
                == "<redacted order>")
    }

    @Test func rulesThatCannotHoldAreRefusedByName() {
        let pattern = #expect(throws: RecorderProblem.self) {
            try redactor { $0.redactedPatterns = [LiveField("mine", "(")] }
        }
        #expect(pattern?.description.contains("'mine'") == true)
        let kind = #expect(throws: RecorderProblem.self) { try redactor { $0.redactedKinds = ["mails"] } }
        #expect(kind?.description.contains("'mails'") == true && kind?.description.contains("mail,") == true)
    }

    @Test(arguments: [
        ("application/json", "json"), ("application/problem+json; charset=utf-8", "json"),
        ("text/event-stream", "events"),
        ("Text/HTML", "text"), ("application/x-ndjson", "lines"),
        ("application/x-www-form-urlencoded", "form"),
        ("image/png", "notKept"), ("application/octet-stream", "notKept"),
        ("multipart/form-data; boundary=x", "notKept"),
    ])
    func contentTypesSayHowABodyIsRead(type: String, form: String) throws {
        #expect("\(try redactor().form(of: type))" == form)
    }
}
