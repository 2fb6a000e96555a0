import Testing

@testable import helpdesk

@Suite struct GoldenSetTests {
    @Test func itHasItsPartsAndNoIdTwice() throws {
        let examples = try golden.get()
        #expect(examples.count >= 512)
        #expect(Set(examples.map(\.id)).count == examples.count)
        let counts = Dictionary(grouping: examples, by: \.category).mapValues(\.count)
        #expect(counts["intent"] == 220)
        #expect(counts["out_of_scope"] == 30)
        #expect(counts["knowledge"] == 200)
        #expect(try #require(counts["follow_up"]) >= 40)
        #expect(try #require(counts["look_alike"]) >= 25)
        #expect(examples.count(where: \.blocks) >= 40)
        for domain in Set(try library.get().domainOf.values) {
            #expect(examples.count { $0.intent == domain } >= 20, "\(domain)")
        }
    }

    /// XQuAD's annotation: an answer is a stretch of its paragraph.
    @Test func everyReferenceStandsInItsGoldPassage() throws {
        let texts = Dictionary(uniqueKeysWithValues: try library.get().passages.map { ($0.id, $0.text) })
        for example in try golden.get() where !example.documents.isEmpty {
            for document in example.documents {
                let text = try #require(texts[document], "\(example.id)")
                for reference in example.references { #expect(text.contains(reference), "\(example.id)") }
            }
        }
    }

    @Test func nothingOfItIsTrainedOn() throws {
        let library = try library.get()
        let trained = Set(library.trainingExamples(.current).map { $0.text.lowercased() })
            .union(library.openQuestions.map { $0.text.lowercased() })
        for example in try golden.get()
        where example.category != "intent" && example.category != "out_of_scope" {
            #expect(!trained.contains(example.query.lowercased()), "\(example.id)")
        }
        // CLINC150 repeats a few sentences between its splits.
        let repeated = try golden.get().count { trained.contains($0.query.lowercased()) }
        #expect(repeated <= 3)
    }

    @Test func aFollowUpIsUnderstoodFromWhatWasSaidBefore() throws {
        let pipeline = try pipeline("v1")
        let followUps = try golden.get().filter { $0.category == "follow_up" }
        func found(_ history: (GoldenExample) -> [Turn]) -> Int {
            followUps.count { example in
                let reply = pipeline.answer(example.query, history: history(example), session: nil).reply
                return reply.documents.prefix(3).contains { example.documents.contains($0.id) }
            }
        }
        #expect(found(\.history) >= found { _ in [] } + followUps.count / 4)
    }
}
