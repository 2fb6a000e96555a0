/// Ticks of an axis at round numbers.
enum AxisTicks {
    /// 1, 2 or 5 times a power of ten apart, four to eight of them where the ends allow it.
    ///
    /// - Parameter whole: Whether a tick between two whole numbers would be none.
    static func round(_ low: Double, _ high: Double, whole: Bool = false) -> [Double] {
        guard low.isFinite, high.isFinite, high > low else { return [] }
        let span = (high - low) / 4
        var step = 1.0
        while step > span { step /= 10 }
        while step * 10 < span { step *= 10 }
        for factor in [5.0, 2.0] where (high - low) / (step * factor) >= 4 {
            step *= factor
            break
        }
        if whole { step = max(1, step) }
        var ticks: [Double] = []
        var index = (low / step - 1e-9).rounded(.up)
        while index * step <= high + step * 1e-9, ticks.count < 20 {
            // Not `-0`.
            ticks.append(index == 0 ? 0 : index * step)
            index += 1
        }
        return ticks
    }
}
