import sys
from benchmarks import training as T
from benchmarks.contestants import *
def main():
    which=[int(a) for a in sys.argv[2:]]
    T.ROUNDS=int(sys.argv[1])
    rows=T.rows()
    for i in which:
        if i==9:
            f=T.timed(PREDICTORS,Work((784,50,10),"sigmoid","sgd",100,100),10); print('predict',{k:round(v) for k,v in f.items()},[round(f['tidu']/f[k],2) for k in f]); continue
        r=rows[i]; f=T.timed({k:v for k,v in CONTESTANTS.items() if k not in('tidu, NumPy',)},r.work,r.work.steps)
        print(r.name,{k:round(v,1) for k,v in f.items()}); print('   ',[(a,round(b,2),c) for a,b,c in T.verdicts(r,f)],flush=True)
if __name__=='__main__': main()
