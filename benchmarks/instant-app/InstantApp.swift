import Glibc
import HTTPServer

/// An app that answers at once, always the same: what remains of a run's cost is the gate's own.
@main
struct InstantApp {
    static let answer = Array(
        """
        {"answer":"The Panthers defense gave up just 308 points, ranking sixth in the league, while also leading the \
        league in interceptions with 24 and boasting four selections. The line also featured a veteran defensive end \
        who was the active career sack leader with 136, along with an end who had five sacks in just nine starts.",\
        "routing":{"intent":"knowledge","confidence":0.93},\
        "retrieval":[\
        {"id":"doc-1","score":12.1,"text":"The Panthers defense gave up just 308 points, ranking sixth in the league."},\
        {"id":"doc-2","score":9.4,"text":"Fellow lineman added six and a half sacks over the season."},\
        {"id":"doc-3","score":7.7,"text":"The secondary featured a safety who led the team with seven interceptions."},\
        {"id":"doc-4","score":5.2,"text":"A shutdown corner during the season had four interceptions."},\
        {"id":"doc-5","score":3.9,"text":"Two of the three starting linebackers were also selected."}],\
        "guardrail":{"outcome":"allow","reason":null},\
        "usage":{"input_tokens":412,"cached_tokens":128,"output_tokens":71,"cost":0.00021},\
        "timings":{"routing":0.4,"retrieval":1.1,"generation":2.2,"format":0.1,"guardrail":0.2},\
        "score":0.91,"label":"HIGH","tool_calls":[],\
        "versions":{"prompt":"v1","model":"instant-1","index":"i-1"},"session_id":"s-1"}
        """.utf8)

    static func main() async throws {
        let server = try HTTPServer(host: "127.0.0.1", port: 0) { _, response in
            try await response.send(headers: ["Content-Type": "application/json"], body: answer)
        }
        let port = try server.start()
        print("listening on http://127.0.0.1:\(port)")
        fflush(nil)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
