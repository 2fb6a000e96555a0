import Testing

@testable import HTTPServer

/// What an upstream is told of the client.
@Suite struct ForwardingTests {
    private func lines(
        _ forwarding: Forwarding?, client: String = "192.0.2.7", _ fields: HTTPFields = [:]
    ) throws -> [String] {
        var request = UpstreamRequest(method: "GET", target: "/", fields: fields)
        request.forwarding = forwarding
        request.client = client
        let origin = try #require(UpstreamOrigin("http://h:1"))
        var out: [UInt8] = []
        request.encode(to: origin, .none, into: &out)
        return String(decoding: out, as: UTF8.self).split(separator: "\r\n").map(String.init)
            .filter { !$0.hasPrefix("GET ") && !$0.hasPrefix("Host:") }
    }

    @Test func theAddressStandsBehindWhatCameInOneLine() throws {
        let append = Forwarding(.append, isSecure: false)
        #expect(try lines(append) == ["X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: http"])
        let came: HTTPFields = [
            "x-forwarded-for": "10.0.0.1", "A": "b", "X-Forwarded-For": "10.0.0.2, 10.0.0.3",
            "X-Forwarded-Proto": "https",
        ]
        #expect(
            try lines(append, came) == [
                "A: b", "X-Forwarded-Proto: https",
                "X-Forwarded-For: 10.0.0.1, 10.0.0.2, 10.0.0.3, 192.0.2.7",
            ])
        #expect(try lines(append, client: "", came).last == "X-Forwarded-For: 10.0.0.1, 10.0.0.2, 10.0.0.3")
        #expect(try lines(append, client: "") == ["X-Forwarded-Proto: http"])
        // A client cannot have the address left out by calling it a field of its connection.
        let sly: HTTPFields = ["X-Forwarded-For": "10.0.0.1"]
        #expect(
            try lines(append, sly) == ["X-Forwarded-For: 10.0.0.1, 192.0.2.7", "X-Forwarded-Proto: http"])
    }

    @Test func whatCameIsDroppedOrPassedOnWhereThePlanSaysSo() throws {
        let came: HTTPFields = ["X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https"]
        #expect(
            try lines(Forwarding(.replace, isSecure: false), came) == [
                "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: http",
            ])
        let kept = ["X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: https"]
        #expect(try lines(Forwarding(.keep, isSecure: true), came) == kept)
        #expect(try lines(nil, came) == kept)
    }

    @Test func theStandardsWordsAreSaidToo() throws {
        let all = Forwarding(.keep, isSecure: true, standard: true, via: "edge")
        #expect(
            try lines(all, ["Via": "1.1 a"]) == [
                "Via: 1.1 a", "Forwarded: for=192.0.2.7;proto=https", "Via: 1.1 edge",
            ])
        // RFC 7239, 6: an address of version 6 in brackets and quotes; one that is not known is `unknown`.
        #expect(try lines(all, client: "2001:db8::7").first == "Forwarded: for=\"[2001:db8::7]\";proto=https")
        #expect(try lines(all, client: "").first == "Forwarded: for=unknown;proto=https")
    }
}
