import Deployment
import Domain
import Notation
import Testing

/// Texts filled in, and what of them may be shown or kept.
@Suite struct ScopeTests {
    private func filled(_ text: String, _ scope: StepScope, _ use: StepScope.Use = .plain) throws -> String {
        var scope = scope
        return try scope.text(try StepText(text), for: use)
    }

    private var known: StepScope {
        var known = scope(["KEY": "k-123456", "BASE": "http://127.0.0.1:1"])
        known.keep("id", .integer(7))
        known.keep("name", .string("a/b ?&#ü"))
        known.keep("list", .array([.integer(1)]))
        known.keep(answer: AnswerView(answer(#"{"ticket": {"ids": [4, 5], "a.b": 1}}"#)), ofFirst: "open")
        return known
    }

    @Test(arguments: [
        ("plain", "plain"), ("${id}", "7"), ("a ${id} b", "a 7 b"), ("$${id}", "${id}"),
        ("$ {id} $", "$ {id} $"),
        ("${unique}/${run}", "sluice-1/j-1"), ("${env:KEY}", "k-123456"),
        ("${open.answer.ticket.ids.1}", "5"),
        ("${open.answer/ticket/a.b}", "1"), ("${open.status}", "200"),
        ("${open.header.content-type}", "application/json"), ("${list}", "[1]"),
    ])
    func aPlaceholderIsWhatItNames(_ entry: (String, String)) throws {
        #expect(try filled(entry.0, known) == entry.1)
    }

    @Test func valuesInAnAddressAreEncodedAndSettingsAreNot() throws {
        #expect(
            try filled("${env:BASE}/t/${name}", known, .url) == "http://127.0.0.1:1/t/a%2Fb%20%3F%26%23%C3%BC"
        )
    }

    /// An address with an empty part, or with `..`, is another address: the whole list, or the folder above.
    @Test(arguments: ["", ".", ".."])
    func aValueThatWouldChangeTheAddressIsRefused(_ value: String) throws {
        var scope = scope()
        scope.keep("id", .string(value))
        #expect(throws: StepScope.Gap.self) { try filled("http://h/tickets/${id}", scope, .url) }
    }

    @Test func aHeaderHoldsOneLine() throws {
        var scope = scope(["TWO": "a\r\nX-Evil: 1"])
        scope.keep("id", .string("a\nb"))
        #expect(throws: StepScope.Gap.self) { try filled("${id}", scope, .header) }
        #expect(throws: StepScope.Gap.self) { try filled("${env:TWO}", scope, .header) }
        #expect(throws: StepScope.Gap.self) { try filled("${env:NONE}", scope, .plain) }
    }

    @Test(arguments: ["${", "${a b}", "${env:}", "${env:1X}", "${.answer}", "${open.body}", "${}", "${a/b}"])
    func whatIsNoPlaceholderIsRefused(_ text: String) {
        #expect(throws: StepText.Problem.self) { try StepText(text) }
    }

    @Test func aWholePlaceholderKeepsItsType() throws {
        var scope = known
        let value = try StepValue(["a": "${id}", "b": "n ${id}", "c": ["${list}"], "d": 1])
        #expect(try scope.json(value) == ["a": 7, "b": "n 7", "c": [[1]], "d": 1])
    }

    @Test func whatMayBeShownHoldsNoSecret() throws {
        var scope = known
        scope.keep("token", .string("t0ken-value"), isSecret: true)
        _ = try scope.text(try StepText("${env:KEY}"), for: .header)
        #expect(scope.shown(try StepText("${env:KEY} ${token} ${id}")) == "${env:KEY} <redacted> 7")
        #expect(scope.shownValue("token") == "<redacted>")
        // What echoes the secret is one itself.
        scope.keep("echo", .string("you sent k-123456"))
        #expect(scope.shownValue("echo") == "<redacted>")
        let texts = try ["${token}", "${echo}", "${id}", "${open.answer.ticket.ids.0}"].map {
            try StepText($0)
        }
        #expect(scope.recordable(texts).map(\.name) == ["id", "open.answer/ticket/ids/0"])
        #expect(scope.unknown([try StepText("${id} ${x} ${y.answer.z} ${x}")]) == ["x", "y.answer/z"])
    }

    @Test(arguments: [
        ("http://h:1/a", "http://h:1"), ("HTTPS://H/a?b", "https://h"), ("http://u:p@h:1/x", "http://h:1"),
        ("${env:BASE}/x", "http://127.0.0.1:1"), ("http://h", "http://h"),
    ])
    func anOriginIsSchemeHostAndPort(_ entry: (String, String)) throws {
        let environment = ["BASE": "http://127.0.0.1:1"]
        #expect(CallOrigins.origin(of: try StepText(entry.0)) { environment[$0] } == entry.1)
    }

    @Test(arguments: [
        "http://h${id}/x", "ftp://h/x", "${id}/x", "http:///x", "http://a\\b/x", "${env:NONE}/x",
    ])
    func anAddressWithoutAFixedHostHasNone(_ text: String) throws {
        #expect(CallOrigins.origin(of: try StepText(text)) { _ in nil } == nil)
    }

    @Test(arguments: [
        ("http://h/${id}", true), ("http://h?x=${id}", true), ("http://h${id}/", false),
        ("http://${id}/", false),
        ("${env:BASE}/${id}", true), ("${env:BASE}${id}", false), ("http://h/", true),
    ])
    func onlyWhatStandsBehindTheHostMayComeFromAnswers(_ entry: (String, Bool)) throws {
        #expect(try StepText(entry.0).hasFixedHost == entry.1)
    }
}

@Suite struct RedactionTests {
    @Test(arguments: [
        ("a s3cr3t/\"x b", "a <redacted> b"), ("a s3cr3t%2F%22x b", "a <redacted> b"),
        (#"{"a": "s3cr3t/\"x"}"#, #"{"a": "<redacted>"}"#),
        (#"{"a": "s3cr3t\/\"x"}"#, #"{"a": "<redacted>"}"#),
        ("nothing", "nothing"),
    ])
    func aSecretIsFoundInEveryForm(_ entry: (String, String)) {
        #expect(Redaction(secrets: ["s3cr3t/\"x"]).of(entry.0) == entry.1)
    }

    /// Wherever the excerpt's window ends, no piece of a secret stands at its end.
    @Test func aCutLeavesNoPieceOfASecret() {
        let secret = "s3cr3t-" + String(repeating: "z", count: 40)
        let redaction = Redaction(secrets: [secret])
        for offset in [0, 1, 10, 46, 47, 60] {
            let start = (1 << 16) - offset
            let body = String(repeating: " ", count: start) + secret + String(repeating: "y", count: 100)
            let shown = redaction.excerpt(body, to: 1 << 20)
            #expect(!shown.contains("s3cr3t"), "\(offset)")
            #expect(!shown.contains("zzz"), "\(offset)")
        }
    }

    @Test func whatIsTooShortIsLetBe() { #expect(Redaction(secrets: ["abc", ""]).of("abc") == "abc") }
}
