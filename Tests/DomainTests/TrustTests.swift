import Domain
import Notation
import Testing

/// Whom an address leads to, and whether that was meant.
@Suite struct TrustTests {
    @Test(arguments: [
        ("http://api.example.com/v1?x=@y", "api.example.com:80"),
        ("https://API.Example.COM.", "api.example.com:443"),
        ("HTTP://127.0.0.1:8101/a#b", "127.0.0.1:8101"), ("http://[::1]:8080/", "[::1]:8080"),
        ("https://[2001:DB8::1]", "[2001:db8::1]:443"), ("http://localhost:/x", "localhost:80"),
        ("http://a_b-c.example/${input.path}", "a_b-c.example:80"),
        ("http://xn--bcher-kva.example", "xn--bcher-kva.example:80"),
    ])
    func aPlainAddressHasItsHost(url: String, host: String) throws {
        #expect(try WebHost(url: url).description == host)
    }

    /// What a browser, a library and a person could take for different hosts (WHATWG URL and RFC 3986 part ways on
    /// most of these) is refused.
    @Test(arguments: [
        "http://good.example@evil.example/", "http://good.example:80@evil.example/", "http://@evil.example/",
        "http://good.example\\@evil.example/", "http://good.example\\.evil.example/",
        "http://evil.example\t/",
        "http://good.example\n.evil.example/", "http://good.example%2eevil.example/",
        "http://g%6fod.example/",
        "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://127.1/", "http://0177.0.0.1/",
        "http://127.0.0.01/", "http://127.0.0.256/", "http://1.2.3.4.5/", "http://127.0.0.1.:80:90/",
        "http://[::1/", "http://[::1]evil/", "http://[fe80::1%25eth0]/", "http://[v1.x]/",
        "http://１２７.0.0.1/",
        "http://gооd.example/", "http://good。example/", "http://${input.host}/",
        "http://good.example${input.x}/",
        "http:///path", "http://:80/", "http://good..example/", "http://good.example:0/",
        "http://good.example:65536/", "http://good.example:8 0/", "http://good.example:+80/",
        "ftp://good.example/",
        "//good.example/", "good.example", "javascript:alert(1)", "http://",
    ])
    func anAddressThatCouldBeReadInTwoWaysIsRefused(url: String) {
        #expect(throws: WebHost.Problem.self) { try WebHost(url: url) }
    }

    @Test(arguments: [
        ("api.example.com", "https://api.example.com/x", true),
        ("api.example.com", "https://api.example.com:8443/", true),
        ("api.example.com:443", "https://api.example.com/", true),
        ("api.example.com:443", "http://api.example.com/", false),
        ("API.example.com", "http://api.EXAMPLE.com./", true),
        ("example.com", "http://api.example.com/", false),
        ("example.com", "http://example.com.evil.example/", false),
        ("*.example.com", "http://a.b.example.com/", true), ("*.example.com", "http://example.com/", false),
        ("*.example.com", "http://evilexample.com/", false), ("127.0.0.1", "http://localhost/", false),
        ("127.0.0.1", "http://[::ffff:127.0.0.1]/", false), ("[::1]", "http://[::1]:99/", true),
    ])
    func aPatternMeansExactlyWhatItSays(pattern: String, url: String, matches: Bool) throws {
        #expect(try HostPattern(pattern).matches(WebHost(url: url)) == matches)
    }

    @Test(arguments: [
        "*", "*.com", "*.0.0.1", "*.127.0.0.1", "http://a.example", "a.example/x", "a@b.example", "a b", "",
        "*.*.example",
        "a.*.example", "0x7f.1", "a.example:x",
    ])
    func aPatternThatMeansTooMuchIsRefused(pattern: String) {
        #expect(throws: WebHost.Problem.self) { try HostPattern(pattern) }
    }

    @Test func namesAreComparedAsPeopleMeanThem() {
        for name in ["ada", "@Ada", " ADA ", "@@ada"] {
            #expect(TrustReport.folded(name) == "ada", "\(name)")
        }
        var report = TrustReport(source: "main")
        report.loosenings = [Loosening(.sliceRemoved, "x")]
        report.authors = ["Mallory"]
        #expect(report.isRefused && !report.isApproved)
        #expect(report.whoMayApprove == "anybody but Mallory")
        report.approvers = ["mallory", "ada"]
        #expect(report.whoMayApprove == "ada")
        report.approvers = ["@mallory"]
        #expect(report.whoMayApprove.hasPrefix("nobody"))
    }

    @Test func whatATargetWantsIsHeldAgainstTheLists() throws {
        var target = TargetPolicy(
            kind: .openAI(
                baseURL: "https://api.example.com/v1", model: "m", parameters: JSONObject(), stream: false,
                system: Secretive("be nice ${env:SUFFIX}")))
        target.headers = [TargetPolicy.Header(name: "X", value: Secretive("${env:A}${env:B}"))]
        var lists = TrustLists()
        #expect(lists.refusals(of: target).isEmpty, "without lists nothing is restricted")
        lists.hosts = [try HostPattern("other.example")]
        lists.environment = ["A"]
        #expect(lists.refusals(of: target).map(\.key) == ["openai", "system", "headers.X"])
        let own = TrustLists().narrowed(to: [target])
        #expect(own.refusals(of: target).isEmpty)
        #expect(own.environment == ["A", "B", "SUFFIX"] && own.commands == [])
        #expect(own.refusals(of: TargetPolicy(kind: .command(arguments: ["sh"]))).count == 1)
        lists.commands = [["python3", "app.py"]]
        for (arguments, isRefused) in [
            (["python3", "app.py"], false), (["python3"], true), (["python3", "app.py", "-x"], true),
        ] {
            #expect((lists.refusal(command: arguments) != nil) == isRefused)
        }
    }
}
