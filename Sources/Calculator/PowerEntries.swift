let powerEntries: [StatisticEntry] = []
