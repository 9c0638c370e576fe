namespace mp4d {}
