import HTTPServer
import Testing

@Suite struct AnsweringTests {
    @Test func anAnswerHasItsLengthItsDateAndItsBody() async throws {
        let response = try await withServer { request, response in
            try await response.send(201, headers: ["X-Path": String(request.path)], text: "hello")
        } _: { port in
            try await exchange(port, "GET /a/b?c=d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        }
        #expect(response.hasPrefix("HTTP/1.1 201 Created\r\nDate: "))
        #expect(response.contains("\r\nContent-Length: 5\r\nConnection: close\r\nX-Path: /a/b\r\n\r\nhello"))
    }
}
