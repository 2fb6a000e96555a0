import Notation
import Statistics
import Testing

@testable import Rollout

@Suite struct SplitTests {
    @Test func theHashHangsOnKeyAndSaltAlone() {
        let split = Split(salt: "salt")
        #expect(split.hash(of: "user-1") == split.hash(of: "user-1"))
        #expect(split.hash(of: "user-1") != Split(salt: "other").hash(of: "user-1"))
        #expect(split.hash(of: "user-1") != split.hash(of: "user-2"))
    }

    @Test func whoIsInStaysInAsTheShareGrows() {
        let split = Split(salt: "release")
        for number in 0..<20_000 {
            let hash = split.hash(of: "user-\(number)")
            var wasIn = false
            var wasMirrored = false
            for hundredths in [0, 1, 10, 100, 1000, 5000, 9999, 10_000] {
                let share = Share(hundredths: hundredths)
                let isIn = Split.isCandidate(hash, share: share)
                let isMirrored = Split.isMirrored(hash, share: share)
                #expect(isIn || !wasIn)
                #expect(isMirrored || !wasMirrored)
                (wasIn, wasMirrored) = (isIn, isMirrored)
            }
            #expect(wasIn && wasMirrored)
        }
    }

    @Test func nobodyIsInAtNothing() {
        let split = Split(salt: "release")
        for number in 0..<20_000 {
            let hash = split.hash(of: "\(number)")
            #expect(!Split.isCandidate(hash, share: .none) && !Split.isMirrored(hash, share: .none))
        }
    }

    @Test func theMirrorBeginsWithThoseWhomTheCandidateServesLast() {
        let split = Split(salt: "release")
        let tenth = Share(hundredths: 1000)
        for number in 0..<20_000 {
            let hash = split.hash(of: "\(number)")
            #expect(!(Split.isCandidate(hash, share: tenth) && Split.isMirrored(hash, share: tenth)))
        }
    }

    /// Both tails of the binomial, 0.05 % each: the quantiles are the statistics room's own, held against SciPy there.
    @Test func theSplitOfAMillionKeysIsWithinTheBinomialBounds() throws {
        let count = 1_000_000
        for (hundredths, salt) in [(100, "a"), (100, "b"), (1, "c"), (1000, "d"), (2500, "e")] {
            let split = Split(salt: salt)
            let share = Share(hundredths: hundredths)
            var inside = 0
            for number in 0..<count where Split.isCandidate(split.hash(of: "user-\(number)"), share: share) {
                inside += 1
            }
            let binomial = try Binomial(trials: count, probability: share.fraction)
            #expect(try binomial.atLeast(inside) > 0.0005, "\(inside) at \(share)")
            #expect(try 1 - binomial.atLeast(inside + 1) > 0.0005, "\(inside) at \(share)")
        }
    }

    @Test func sharesAreStepsOfAHundredthOfAPercent() {
        #expect(Share(fraction: 0.0001) == Share(hundredths: 1))
        #expect(Share(fraction: 0.00005) == nil)
        #expect(Share(fraction: 1.1) == nil)
        #expect(Share(fraction: 0.29)?.description == "29%")
        #expect(Share(hundredths: 25).description == "0.25%")
        #expect(Share(hundredths: 105).description == "1.05%")
        #expect(Share(hundredths: 150).description == "1.5%")
    }

    @Test func sourcesAreNamedAsTheyAreWritten() {
        for text in ["header X-User-ID", "cookie sid", "json /user/id", "client"] {
            #expect(StickySource(text)?.description == text)
        }
        for text in ["", "header", "header a b", "json user", "clients", "cookie a;b", "json"] {
            #expect(StickySource(text) == nil, "\(text)")
        }
    }

    @Test func aCookieIsFoundByItsWholeName() {
        let field = "a=1; sid=abc; xsid=no; q=\"quoted\"; empty="
        #expect(StickySource.cookie("sid", in: field) == "abc")
        #expect(StickySource.cookie("q", in: field) == "quoted")
        #expect(StickySource.cookie("empty", in: field) == "")
        #expect(StickySource.cookie("id", in: field) == nil)
        #expect(StickySource.cookie("sid", in: "") == nil)
    }

    @Test func valuesOfJSONThatNameNobodyAreNoKeys() {
        #expect(StickySource.key(of: "anna") == "anna")
        #expect(StickySource.key(of: 7) == "7")
        #expect(StickySource.key(of: 7.0) == "7")
        #expect(StickySource.key(of: "") == nil)
        #expect(StickySource.key(of: nil) == nil)
        #expect(StickySource.key(of: ["id": 7]) == nil)
    }
}
