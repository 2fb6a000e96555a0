let driftEntries: [StatisticEntry] = []
