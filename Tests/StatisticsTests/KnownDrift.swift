/// Known answers of drift over public data: counts of the two categorical features of a car-loan model, the reference
/// and five successive chunks of the analysis period, with what `scipy.stats.chi2_contingency` 1.12 says of each.
///
/// Counted over every 8th row of `synthetic_car_loan` of NannyML 0.13.1 (Apache-2.0).
struct KnownMix: Sendable {
    let feature: String
    let reference: [Int]
    let chunk: [Int]
    let chiSquared: Double
    let hasDrifted: Bool

    static let all = salary + downpayment

    private static let salary: [KnownMix] = [
        ([498, 374, 250, 128], 1.2105603567208085, false), ([485, 400, 248, 117], 4.067451285449149, false),
        ([517, 397, 266, 70], 20.94771203879587, true), ([562, 411, 264, 13], 100.8031239108343, true),
        ([575, 402, 266, 7], 113.36896072462332, true),
    ].map {
        KnownMix(
            feature: "salary_range", reference: [2577, 1832, 1247, 594], chunk: $0, chiSquared: $1,
            hasDrifted: $2)
    }

    private static let downpayment: [KnownMix] = [
        ([264, 232, 227, 260, 267], 5.142325719064543), ([247, 243, 267, 254, 239], 2.2589429349914036),
        ([239, 244, 252, 257, 258], 0.19655775213382412), ([221, 257, 246, 254, 272], 2.6448476724072205),
        ([239, 268, 224, 261, 258], 5.391509637695507),
    ].map {
        KnownMix(
            feature: "size_of_downpayment", reference: [1205, 1219, 1270, 1252, 1304], chunk: $0,
            chiSquared: $1, hasDrifted: false)
    }
}
