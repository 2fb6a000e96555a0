import Testing

@testable import Rollout

@Suite struct EligibilityTests {
    @Test(arguments: [
        ("/v1/*", "/v1/answer", true), ("/v1/*", "/v1/", true), ("/v1/*", "/v1", false), ("/v1", "/v1", true),
        ("/v1", "/v1/", false), ("*", "/", true), ("*/answer", "/a/b/answer", true), ("/a*a", "/a", false),
        ("/a*a", "/aa", true), ("/t/*/x/*", "/t/1/x/2", true), ("/t/*/x/*", "/t/1/y/2", false),
        ("/**", "/q", true),
        ("/a*b*c", "/acbc", true), ("/a*b*c", "/abcb", false),
    ])
    func patternsMatchWholePaths(pattern: String, path: String, matches: Bool) throws {
        #expect(try #require(PathPattern(pattern)).matches(path[...]) == matches)
    }

    @Test(arguments: [
        ("de", true), ("de-AT, en;q=0.5", true), ("en;q=0.9, de;q=0.95", true), ("en, de;q=0.9", false),
        ("den", false), ("*", false), ("de;q=0, en;q=0", false),
    ])
    func theLanguageThatIsPreferredDecides(field: String, allowed: Bool) {
        var rule = Eligibility()
        rule.locales = ["DE"]
        let isAllowed = rule.allows(method: "GET", path: "/") { $0 == "accept-language" ? field : nil }
        #expect(isAllowed == allowed)
    }

    @Test func everyRuleMustHold() {
        var rule = Eligibility()
        rule.methods = ["POST"]
        rule.headers = [.init(name: "X-Tenant", value: "acme"), .init(name: "X-Any", value: "*")]
        let both = ["X-Tenant": "acme", "X-Any": "q"]
        #expect(rule.allows(method: "POST", path: "/") { both[$0] })
        #expect(!rule.allows(method: "GET", path: "/") { both[$0] })
        #expect(!rule.allows(method: "POST", path: "/") { ["X-Tenant": "acme"][$0] })
        #expect(!rule.allows(method: "POST", path: "/") { ["X-Tenant": "other", "X-Any": "q"][$0] })
        #expect(Eligibility().allows(method: "GET", path: "/") { _ in nil })
    }

    @Test func anOverrideHoldsForItsArmReleaseAndTime() throws {
        let key = Array("a key of a tester".utf8)
        let rule = TesterOverride(key: key, salt: "release-1")
        let token = rule.token(for: .candidate, until: 1000)
        #expect(try rule.arm(of: token, at: 999) == .candidate)
        #expect(throws: TesterOverride.Refusal.expired) { try rule.arm(of: token, at: 1000) }
        let other = TesterOverride(key: key, salt: "release-2")
        #expect(throws: TesterOverride.Refusal.forged) { try other.arm(of: token, at: 0) }
        let later = token.replacing("1000", with: "9000")
        #expect(throws: TesterOverride.Refusal.forged) { try rule.arm(of: later, at: 0) }
        let turned = token.replacing("candidate", with: "production")
        #expect(throws: TesterOverride.Refusal.forged) { try rule.arm(of: turned, at: 0) }
        for text in [
            "", "candidate", "candidate.1000", token + ".", "candidate.+1000." + String(token.suffix(64)),
        ] {
            #expect(throws: TesterOverride.Refusal.malformed) { try rule.arm(of: text, at: 0) }
        }
    }

    /// `printf 'sluice-override\nrelease-1\ncandidate\n1000' | openssl dgst -sha256 -hmac key`
    @Test func theSignatureIsThatOfOpenSSL() {
        let token = TesterOverride(key: Array("key".utf8), salt: "release-1").token(
            for: .candidate, until: 1000)
        #expect(token == "candidate.1000.87d314cadd858e60e696b09a5d3c18a06dafb95dcbd12e76ec0ec2301cb834fb")
    }
}
