import HTTPClient
import HTTPServer
import Testing

@Suite struct SendingTests {
    @Test func aRequestIsAnswered() async throws {
        let server = try HTTPServer { request, response in
            try await response.send(
                headers: ["X-Method": request.method, "X-Got": request.headers["x-sent"] ?? ""],
                body: Array(request.body.reversed()))
        }
        let port = try server.start()
        let client = HTTPClient()
        for _ in 0..<3 {
            let response = try await client.send(
                HTTPClientRequest(
                    method: "POST", url: "http://127.0.0.1:\(port)/", headers: ["X-Sent": "1"],
                    body: [1, 2, 3]))
            #expect(response.status == 200)
            #expect(response.headers["x-method"] == "POST")
            #expect(response.headers["x-got"] == "1")
            #expect(response.body == [3, 2, 1])
        }
        await server.stop()
    }
}
