package main

type verifyCmd struct{}

func (verifyCmd) Run() error { panic("unwritten") }
