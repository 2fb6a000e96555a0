let testEntries: [StatisticEntry] = []
