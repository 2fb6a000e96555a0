import Curation
import Testing

@Suite struct FindingTests {
    @Test func graverFindingsComeFirst() {
        #expect([Finding.Severity.note, .error, .warning].sorted() == [.error, .warning, .note])
    }
}
