import Domain
import Testing

/// What may be shown of an endpoint's address, and what tells two of them apart.
@Suite struct ShownAddressTests {
    @Test(arguments: [
        ("https://host/v1", "https://host/v1"), ("https://user:pass@host/v1?x=1#y", "https://host/v1"),
        ("https://host/v1#part?x", "https://host/v1"), ("host:80/v1?key=1", "host:80/v1"),
        ("https://a@b@host/p@q", "https://host/p@q"),
    ])
    func nothingThatMayBeAKeyIsShown(_ address: String, _ shown: String) {
        #expect(ShownAddress.plain(address) == shown)
    }

    private func judge(_ query: String) -> JudgeIdentity {
        var policy = JudgePolicy(kind: .endpoint(address: "https://host/v1" + query, model: "judge-1"))
        policy.family = "house"
        return JudgeIdentity(policy)
    }

    @Test func deploymentsThatOnlyTheirQueriesTellApartAreTwoJudges() {
        let one = judge("?deployment=blue&api-version=1")
        #expect(one != judge("?deployment=green&api-version=1"))
        #expect(one == judge("?api-version=1&deployment=blue"))
        #expect(one != judge(""))
        #expect(!one.address.contains("blue") && one.address.hasPrefix("https://host/v1?"))
    }

    /// A key is neither shown nor part of who judges: a new one makes no new judge.
    @Test(arguments: ["key", "api-key", "ApiKey", "access_token", "client_secret", "sig", "X-Amz-Signature"])
    func keysAreNoPartOfAJudge(_ name: String) {
        #expect(judge("?\(name)=a") == judge("?\(name)=b"))
        #expect(judge("?\(name)=a") == judge(""))
        #expect(judge("?\(name)=a&deployment=blue") == judge("?deployment=blue"))
    }
}
